"""The listener behind TLS, passwords and client certificates, as honest and hostile clients meet it on loopback."""

import asyncio
import contextlib
import os
import ssl

import aiohttp
import pytest
import uvloop

from netwatch.core.errors import WebConfigError
from netwatch.expose import web_access
from netwatch.expose.acceptor import HANDSHAKE_GAP_S
from netwatch.expose.guard import Cut, Limits
from netwatch.expose.own import OwnMetrics
from netwatch.expose.web_access import WebAccess
from netwatch.expose.web_exposure import Exposure
from netwatch.expose.web_reading import summary
from tests.contract.test_expose_http import HOST, fill, running, until
from tests.web import CLIENTS, ENDS, PASSWORD, TLS, authority, basic, hashed, users

SUCCESS = "netwatch_web_config_reload_success"
NOT_AFTER = "netwatch_web_certificate_not_after_timestamp_seconds"
REFUSED = "netwatch_http_requests_refused_total"
RIGHT = basic("prometheus")


class Protected:
    """A folder with certificates and a web configuration, and the access that reads it."""

    def __init__(self, folder, text):
        self.folder = folder
        self.file = folder / "web.yaml"
        self.own = OwnMetrics({})
        self.write(text)
        self.access = WebAccess(Exposure(file=self.file), self.own)

    def write(self, text):
        self.file.write_text(text)

    def refused(self, reason):
        return self.own.get(REFUSED, reason)


@contextlib.asynccontextmanager
async def serving(folder, text, **told):
    """(the listener, what protects it)"""
    web = Protected(folder, text)
    await web.access.open()
    async with running(access=web.access, **told) as it:
        yield it, web


async def get(it, path="/-/healthy", *, tls=None, **more):
    """(status, text, headers) over a connection of its own."""
    async with aiohttp.ClientSession() as session:
        url = f"{'https' if tls else 'http'}://{HOST}:{it.port}{path}"
        async with session.get(url, ssl=tls or True, **more) as reply:
            return reply.status, await reply.text(), reply.headers


@pytest.fixture
def ca(tmp_path):
    return authority(tmp_path)


async def test_pages_are_told_over_tls_and_in_clear_nothing_is(tmp_path, ca):
    async with serving(tmp_path, TLS) as (it, web):
        fill(it.pages, 3)
        status, text, _ = await get(it, "/metrics", tls=ca.client())
        assert (status, len(text) > 2 << 20) == (200, True)
        with pytest.raises(aiohttp.ClientError):
            await get(it)
        assert set(it.cuts) == {Cut.NO_TLS}
        assert it.server.urls == [f"https://{HOST}:{it.port}/"]
        assert web.own.get(NOT_AFTER) == ENDS.timestamp()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_both_versions_of_tls_are_spoken_and_a_configuration_can_leave_one_out(tmp_path, ca, version):
    context = ca.client()
    context.minimum_version = context.maximum_version = version
    async with serving(tmp_path, TLS) as (it, web):
        assert (await get(it, tls=context))[0] == 200
        other = "max_version: TLS12" if version is ssl.TLSVersion.TLSv1_3 else "min_version: TLS13"
        web.write(f"{TLS}  {other}\n")
        assert await web.access.reload() == []
        with pytest.raises(aiohttp.ClientError):
            await get(it, tls=context)


async def test_cipher_suites_are_those_of_the_file(tmp_path, ca):
    text = TLS + "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n"
    async with serving(tmp_path, text) as (it, _):
        reader, writer = await asyncio.open_connection(HOST, it.port, ssl=ca.client())
        assert writer.get_extra_info("cipher")[0] == "ECDHE-ECDSA-AES256-GCM-SHA384"
        writer.close()
        assert await reader.read() == b""


async def test_only_a_certificate_of_our_ca_gets_in_where_one_is_required(tmp_path, ca):
    other = tmp_path / "other"
    other.mkdir()
    foreign = authority(other).client("prometheus")
    foreign.load_verify_locations(ca.file)
    async with serving(tmp_path, TLS + CLIENTS) as (it, _):
        assert (await get(it, tls=ca.client("prometheus")))[0] == 200
        for context in (ca.client(), foreign):
            with pytest.raises(aiohttp.ClientError):
                await get(it, tls=context)
        await until(lambda: it.server.connections == 0)
        assert set(it.cuts) == {Cut.NO_TLS}


@pytest.mark.parametrize("allowed", ["prometheus.city", "monitor@city.example"])
async def test_only_names_on_the_list_get_in_where_there_is_one(tmp_path, ca, allowed):
    async with serving(tmp_path, f"{TLS}{CLIENTS}  client_allowed_sans: [{allowed}]\n") as (it, _):
        assert (await get(it, tls=ca.client("prometheus")))[0] == 200
        with pytest.raises(aiohttp.ClientError):
            await get(it, tls=ca.client("stranger"))
        assert set(it.cuts) == {Cut.NOT_ALLOWED}


async def test_a_certificate_that_is_asked_for_and_not_required_may_be_left_out(tmp_path, ca):
    text = TLS + "  client_ca_file: ca.crt\n  client_auth_type: VerifyClientCertIfGiven\n"
    async with serving(tmp_path, text) as (it, _):
        assert [(await get(it, tls=ca.client(name)))[0] for name in ("", "prometheus")] == [200, 200]


@pytest.mark.parametrize("path", ["/", "/metrics", "/metrics/faults", "/sd", "/-/healthy", "/-/ready", "/nowhere"])
async def test_no_path_tells_anything_without_name_and_password(tmp_path, path):
    async with serving(tmp_path, users(prometheus=hashed())) as (it, web):
        status, text, headers = await get(it, path)
        assert (status, text) == (401, "Name and password, please.\n")
        assert headers["WWW-Authenticate"] == 'Basic realm="netwatch", charset="UTF-8"'
        assert (await get(it, path, headers=RIGHT))[0] == (404 if path in ("/", "/nowhere") else 200)
        assert web.refused("unauthenticated") == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic cHJvbWV0aGV1cw==",  # no colon
        "Bearer cHJvbWV0aGV1czp4",
        basic("prometheus", "")["Authorization"],
        basic("prometheus", PASSWORD + "x")["Authorization"],
        basic("nobody", PASSWORD)["Authorization"],
        basic("prometheus", PASSWORD + "\0")["Authorization"],
        basic("prometheus", "x" * 2000)["Authorization"],
        "Basic /////w==",  # no UTF-8
    ],
)
async def test_what_is_not_exactly_name_and_password_is_refused(tmp_path, header):
    async with serving(tmp_path, users(prometheus=hashed())) as (it, _):
        assert (await get(it, headers={"Authorization": header}))[0] == 401


async def test_other_methods_get_no_further_with_a_password_than_without(tmp_path):
    async with serving(tmp_path, users(prometheus=hashed())) as (it, _), aiohttp.ClientSession() as session:
        for headers, status in (({}, 401), (RIGHT, 405)):
            async with session.post(f"{it.url}/metrics", headers=headers, data=b"x") as reply:
                assert reply.status == status


async def test_headers_of_the_file_replace_ours_and_an_empty_one_takes_it_away(tmp_path):
    text = (
        "http_server_config:\n  headers:\n    X-Frame-Options: deny\n    X-Content-Type-Options: ''\n"
        "    Strict-Transport-Security: max-age=600\n"
    )
    async with serving(tmp_path, text) as (it, _):
        for path in ("/", "/metrics", "/nowhere"):
            _, _, headers = await get(it, path)
            assert headers["X-Frame-Options"] == "deny"
            assert headers["Strict-Transport-Security"] == "max-age=600"
            assert "X-Content-Type-Options" not in headers
            assert headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_requests_beyond_the_rate_are_told_so(tmp_path):
    async with serving(tmp_path, "rate_limit: {interval: 1h, burst: 3}\n") as (it, web):
        assert [(await get(it))[0] for _ in range(5)] == [200, 200, 200, 429, 429]
        assert web.refused("rate_limited") == 2


async def test_a_renewed_certificate_is_shown_to_the_next_connection_and_the_old_connection_ends(tmp_path, ca):
    async with serving(tmp_path, TLS) as (it, web):
        reader, writer = await asyncio.open_connection(HOST, it.port, ssl=ca.client())
        writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200")
        ca.issue("web", "127.0.0.1", days=90)
        assert await web.access.reload() == []
        assert await reader.read() == b""
        writer.close()
        assert (await get(it, tls=ca.client()))[0] == 200
        assert web.own.get(NOT_AFTER) == ENDS.timestamp() + 90 * 86400
        assert it.cuts == {}


async def test_a_reload_without_a_change_ends_no_connection(tmp_path, ca):
    async with serving(tmp_path, TLS) as (it, web):
        before = web.access.tls
        assert await web.access.reload() == []
        assert web.access.tls is before
        assert (await get(it, tls=ca.client()))[0] == 200


@pytest.mark.parametrize(
    "case",
    [
        ("web.yaml", "nonsense: 1\n", "web.yaml:1 nonsense: unknown key"),
        ("web.yaml", None, "web.yaml: cannot be read: No such file or directory"),
        ("web.crt", "no certificate", "web.yaml:2 tls_server_config.cert_file: {}/web.crt holds no certificate in PEM"),
        ("web.crt", None, "web.yaml:2 tls_server_config.cert_file: {}/web.crt cannot be read: No such file"),
        ("web.key", "no key", "web.yaml:3 tls_server_config.key_file: {}/web.key holds no private key in PEM form"),
        ("web.key", "stranger.key", "web.yaml:3 tls_server_config.key_file: {}/web.key belongs to another certificate"),
        ("ca.crt", "no certificate", "web.yaml:4 tls_server_config.client_ca_file: {}/ca.crt holds no certificate in"),
    ],
)
async def test_what_cannot_be_read_leaves_the_one_before_in_force_says_so_and_is_mended_by_mending_it(
    tmp_path, ca, caplog, case
):
    file, content, said = case
    async with serving(tmp_path, TLS + CLIENTS) as (it, web):
        path, context = tmp_path / file, ca.client("prometheus")
        right = path.read_bytes()
        path.unlink()
        if content is not None:
            found = tmp_path / content
            path.write_bytes(found.read_bytes() if found.exists() else content.encode())
        (told,) = await web.access.reload()
        assert told.startswith(f"{tmp_path}/{said.format(tmp_path)}")
        assert caplog.messages == [told, "the web configuration was not taken; the one before stays in force"]
        assert web.own.get(SUCCESS) == 0
        assert (await get(it, tls=context))[0] == 200
        path.write_bytes(right)
        assert await web.access.reload() == []
        assert web.own.get(SUCCESS) == 1
        assert (await get(it, tls=context))[0] == 200


async def test_a_key_with_a_passphrase_is_refused_instead_of_asked_for(tmp_path, ca):
    encrypt = ["openssl", "pkey", "-in", "web.key", "-aes128", "-passout", "pass:hunter2", "-out", "locked.key"]
    assert await (await asyncio.create_subprocess_exec(*encrypt, cwd=tmp_path)).wait() == 0
    with pytest.raises(WebConfigError, match=r"key_file: .*locked\.key is encrypted, and nobody is there") as caught:
        await Protected(tmp_path, TLS.replace("web.key", "locked.key")).access.open()
    assert "hunter2" not in str(caught.value)


async def test_a_change_is_noticed_by_itself_and_a_mistake_told_once(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(web_access, "CHECK_S", 0.01)
    async with serving(tmp_path, users(prometheus=hashed())) as (it, web):
        watching = asyncio.create_task(web.access.watch())
        web.write("nonsense: 1\n")
        await until(lambda: web.own.get(SUCCESS) == 0)
        await asyncio.sleep(0.1)
        assert len([line for line in caplog.messages if "nonsense" in line]) == 1
        assert (await get(it))[0] == 401
        web.write("")
        await until(lambda: web.own.get(SUCCESS) == 1)
        assert (await get(it))[0] == 200
        watching.cancel()


async def test_a_file_that_is_replaced_by_another_of_the_same_size_and_age_is_noticed(tmp_path):
    web = Protected(tmp_path, users(prometheus=hashed("a")))
    await web.access.open()
    seen = web.file.stat()
    other = tmp_path / "new.yaml"
    other.write_text(users(prometheus=hashed("b")))
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.rename(web.file)
    assert web.access._has_changed()
    web.access.close()


def test_check_tells_what_a_file_would_do(tmp_path, ca):
    path = tmp_path / "web.yaml"
    path.write_text(TLS + CLIENTS + users(a=hashed(), b=hashed()))
    told = summary(path)
    assert "TLS, with a certificate until 2037-01-01 00:00 UTC" in told
    assert told.endswith("; 2 with a password; RequireAndVerifyClientCert")


# hostile clients


async def test_a_client_that_never_shakes_hands_is_counted_and_cut(tmp_path, ca):
    limits = Limits(handshake_s=0.3, connections_per_peer=4)
    async with serving(tmp_path, TLS, limits=limits) as (it, _):
        silent = [await asyncio.open_connection(HOST, it.port) for _ in range(2)]
        halfway = [await asyncio.open_connection(HOST, it.port) for _ in range(2)]
        for _, writer in halfway:
            writer.write(b"\x16\x03\x01\x02\x00\x01")
        await until(lambda: it.server.connections == 4)
        with pytest.raises(aiohttp.ClientError):
            await get(it, tls=ca.client())
        assert it.cuts == {Cut.TOO_MANY_FROM_PEER: 1}
        await until(lambda: it.server.connections == 0)
        assert it.cuts[Cut.NO_TLS] == 4
        assert (await get(it, tls=ca.client()))[0] == 200
        for _, writer in silent + halfway:
            writer.close()


async def test_a_client_that_leaves_in_the_middle_of_a_handshake_leaves_nothing_behind(tmp_path, ca):
    async with serving(tmp_path, TLS) as (it, _):
        for _ in range(20):
            _, writer = await asyncio.open_connection(HOST, it.port)
            writer.write(b"\x16\x03\x01\x02\x00\x01")
            writer.transport.abort()
        await until(lambda: sum(it.cuts.values()) == 20)
        assert it.server.connections == 0
        assert (await get(it, tls=ca.client()))[0] == 200


async def test_headers_that_trickle_in_through_tls_are_cut_at_the_deadline(tmp_path, ca):
    async with serving(tmp_path, TLS, limits=Limits(header_s=0.3)) as (it, _):
        reader, writer = await asyncio.open_connection(HOST, it.port, ssl=ca.client())
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"X-A: b\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
        await until(lambda: it.server.connections == 0)
    assert it.cuts == {Cut.NO_HEADERS: 1}


async def test_readers_that_take_nothing_through_tls_hold_little_and_delay_nobody(tmp_path, ca):
    async with serving(tmp_path, TLS, limits=Limits(stall_s=1.5)) as (it, _):
        fill(it.pages, 60)
        stalled = [await asyncio.open_connection(HOST, it.port, ssl=ca.client(), limit=1024) for _ in range(5)]
        for _, writer in stalled:
            writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await get(it, tls=ca.client()))[0] == 200
        await asyncio.sleep(0.2)
        held = [guard._transport.get_write_buffer_size() for guard in it.server._gate._guards.values()]
        assert held
        assert max(held) < 2 << 20
        await until(lambda: it.server.connections == 0)
        for _, writer in stalled:
            writer.close()
    assert it.cuts == {Cut.STALLED: 5}


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + b"YTph" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
        b"\x00" * 70_000,
    ],
)
async def test_what_is_too_long_or_no_http_is_refused_and_repeated_nowhere(tmp_path, ca, caplog, sent):
    caplog.set_level("DEBUG")
    text = TLS + users(prometheus=hashed())
    async with serving(tmp_path, text, limits=Limits(header_s=0.5, idle_s=0.3)) as (it, web):
        reader, writer = await asyncio.open_connection(HOST, it.port, ssl=ca.client())
        writer.write(sent)
        reply = b""
        with contextlib.suppress(ConnectionError):
            reply = await reader.read()
        writer.close()
        assert reply.split()[1] in (b"400", b"401")
        assert b"Server: netwatch" in reply
        assert b"YTph" not in reply
        assert "YTph" not in caplog.text
        assert web.refused("malformed") + web.refused("unauthenticated") == 1
        assert (await get(it, tls=ca.client(), headers=RIGHT))[0] == 200


async def test_many_at_once_get_their_pages_whole(tmp_path, ca):
    async with serving(tmp_path, TLS + users(prometheus=hashed(cost=8))) as (it, _):
        fill(it.pages, 8)
        context = ca.client()
        replies = await asyncio.gather(*(get(it, "/metrics", tls=context, headers=RIGHT) for _ in range(8)))
        assert {(status, len(text)) for status, text, _ in replies} == {(200, len(replies[0][1]))}
        assert len(replies[0][1]) > 7 << 20


async def test_handshakes_take_turns_so_that_a_flood_of_them_leaves_time_for_the_rest(tmp_path, ca):
    async with serving(tmp_path, TLS) as (it, _):
        began = asyncio.get_running_loop().time()
        context = ca.client()
        flood = [asyncio.create_task(asyncio.open_connection(HOST, it.port, ssl=context)) for _ in range(60)]
        opened = await asyncio.gather(*flood)
        took_s = asyncio.get_running_loop().time() - began
        assert took_s >= 59 * HANDSHAKE_GAP_S
        for _, writer in opened:
            writer.close()


async def test_stopping_waits_for_no_handshake(tmp_path, ca):
    async with serving(tmp_path, TLS) as (it, _):
        _, writer = await asyncio.open_connection(HOST, it.port)
        await until(lambda: it.server.connections == 1)
        began = asyncio.get_running_loop().time()
        await it.server.stop()
        assert asyncio.get_running_loop().time() - began < 2
        writer.close()


# what is allowed beyond loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
async def test_this_machine_is_told_without_any_protection(host):
    assert not await Exposure(listen=(host, 0)).is_beyond_loopback()
    await WebAccess(Exposure(listen=(host, 0)), OwnMetrics({})).open()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "no-such-host.invalid"])
async def test_beyond_it_nobody_is_without_a_web_configuration_or_the_operators_word(host):
    with pytest.raises(
        WebConfigError, match="give --web-config FILE with tls_server_config and basic_auth_users"
    ) as it:
        await WebAccess(Exposure(listen=(host, 9780)), OwnMetrics({})).open()
    assert "--insecure-listen" in str(it.value)
    await WebAccess(Exposure(listen=(host, 9780), insecure=True), OwnMetrics({})).open()


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        (TLS, "here basic_auth_users (or client_auth_type: RequireAndVerifyClientCert) is missing"),
        (users(a=hashed()), "here tls_server_config is missing"),
        (TLS + users(a=hashed()), ""),
        (TLS + CLIENTS, ""),
    ],
    ids=["TLS alone", "passwords alone", "TLS and passwords", "TLS and client certificates"],
)
async def test_beyond_it_tls_and_who_asks_are_both_wanted(tmp_path, ca, text, lacking):
    (tmp_path / "web.yaml").write_text(text)
    access = WebAccess(Exposure(listen=("0.0.0.0", 0), file=tmp_path / "web.yaml"), OwnMetrics({}))
    if lacking:
        with pytest.raises(WebConfigError) as caught:
            await access.open()
        assert lacking in str(caught.value)
    else:
        await access.open()


async def test_a_reread_cannot_open_the_pages_to_strangers(tmp_path, ca):
    path = tmp_path / "web.yaml"
    path.write_text(TLS + users(a=hashed()))
    access = WebAccess(Exposure(listen=("0.0.0.0", 0), file=path), own := OwnMetrics({}))
    await access.open()
    path.write_text(TLS)
    (told,) = await access.reload()
    assert "basic_auth_users" in told
    assert own.get(SUCCESS) == 0
    assert access._state.config.users


@pytest.mark.parametrize(
    "scenario",
    [
        test_pages_are_told_over_tls_and_in_clear_nothing_is,
        test_only_a_certificate_of_our_ca_gets_in_where_one_is_required,
        test_a_renewed_certificate_is_shown_to_the_next_connection_and_the_old_connection_ends,
        test_a_client_that_never_shakes_hands_is_counted_and_cut,
        test_a_client_that_leaves_in_the_middle_of_a_handshake_leaves_nothing_behind,
        test_headers_that_trickle_in_through_tls_are_cut_at_the_deadline,
        test_readers_that_take_nothing_through_tls_hold_little_and_delay_nobody,
        test_many_at_once_get_their_pages_whole,
        test_handshakes_take_turns_so_that_a_flood_of_them_leaves_time_for_the_rest,
        test_stopping_waits_for_no_handshake,
    ],
)
def test_all_this_holds_on_uvloop_too_which_the_daemon_runs_on(scenario, tmp_path):
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scenario(tmp_path, authority(tmp_path)))
