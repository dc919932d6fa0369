"""What becomes of messages on the way to us, and what reading it costs: CPU, the best of three, and memory."""

import time
import tracemalloc

MOST_S = 0.005
COUNTED_S = 0.00053  # what `count` takes on the processor on which MOST_S was set, when nobody shares it
MOST_OCTETS = 1_000_000


def mutant(chance, message, most=6):
    """The message with up to so many octets turned, lost or added."""
    octets = bytearray(message)
    for _ in range(chance.randint(1, most)):
        at = chance.randrange(len(octets)) if octets else 0
        match chance.randrange(4):
            case 0:
                octets[at : at + 1] = chance.randbytes(1)
            case 1:
                octets[at : at + 1] = bytes(octet ^ 1 << chance.randrange(8) for octet in octets[at : at + 1])
            case 2:
                del octets[at : at + chance.randint(1, 8)]
            case _:
                octets[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(octets)


def cpu_s(read, datagram):
    """Seconds of CPU for one datagram, as `alone_s`; up to three are taken while that is too much."""
    best_s = float("inf")
    for _ in range(3):
        best_s = min(best_s, alone_s(thread_s(read, datagram)))
        if best_s < MOST_S:
            break
    return best_s


def alone_s(took_s):
    """So many seconds of CPU, if they are too many, as seconds of a processor that nobody shares.

    Who works beside us on the same core and caches makes each of our seconds worth less: how much, counting shows.
    """
    return took_s if took_s < MOST_S else took_s * min(1.0, COUNTED_S / thread_s(count))


def thread_s(work, *given):
    began_s = time.thread_time()
    work(*given)
    return time.thread_time() - began_s


def count():
    total = 0
    for number in range(20_000):
        total += number & 7
    return total


def most_octets(read, datagrams):
    """What reading the hungriest of them took at its peak."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for datagram in datagrams:
            read(datagram)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
