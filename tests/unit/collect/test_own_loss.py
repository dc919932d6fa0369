from netwatch.collect.own_loss import BROKEN_IN_A_ROW, WINDOW, OwnLoss


def lost_and_heard(pattern):
    """An OwnLoss that lived through `pattern`: `x` lost, `.` heard."""
    loss = OwnLoss()
    for mark in pattern:
        loss.record(answered=mark == ".")
    return loss


def test_before_any_echo_to_ourselves_misses_are_believed():
    assert OwnLoss().ratio == 0.0
    assert OwnLoss().believes_miss(0.0)


def test_one_lost_in_twenty_is_noise_and_two_are_our_own_loss():
    assert lost_and_heard("." * 19 + "x").believes_miss(0.0)
    two = lost_and_heard("." * 18 + "xx")
    assert two.ratio == 0.1
    assert not two.believes_miss(0.0)


def test_after_a_window_of_answers_misses_are_believed_again():
    loss = lost_and_heard("." * 5 + "x" * 15)
    for _ in range(WINDOW - 2):
        loss.record(answered=True)
        assert not loss.believes_miss(0.0)
    loss.record(answered=True)
    assert loss.believes_miss(0.0)


def test_a_host_that_ignores_all_echoes_is_no_witness_once_others_were_heard():
    loss = lost_and_heard("xxxxxxxxxx")
    assert not loss.believes_miss(0.0), "nobody was heard: it may well be us"
    loss.other_answered()
    assert loss.ratio == 0.0
    assert loss.believes_miss(0.0)
    assert not loss.broken


def test_a_host_that_did_hear_itself_stays_a_witness():
    loss = lost_and_heard(".xxxx")
    loss.other_answered()
    assert loss.ratio == 0.8


def test_echoes_sent_before_the_kernel_dropped_answers_are_in_doubt_and_later_ones_are_not():
    loss = lost_and_heard("....")
    loss.lost_some(now_s=12.0)
    assert not loss.believes_miss(11.0)
    assert not loss.believes_miss(12.0)
    assert loss.believes_miss(12.1)


def test_many_lost_in_a_row_mean_a_broken_socket_until_it_is_reopened():
    loss = lost_and_heard("." + "x" * (BROKEN_IN_A_ROW - 1))
    assert not loss.broken
    loss.record(answered=False)
    assert loss.broken
    loss.reopened()
    assert not loss.broken
    assert loss.ratio == 0.0
