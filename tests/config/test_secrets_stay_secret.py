"""Canary secrets: fetched from where they are kept, and never seen anywhere else."""

import base64
import contextlib
import copy
import os
import pickle

import pytest

from netwatch.core.errors import InventoryError
from netwatch.inventory.summary import summary

CANARY = "n3tw4tch-canary"
HEAD = "city: Y\ntimezone: Asia/Seoul\nsites: {hall: {}}\n"


def credential(reference, **more):
    keys = {"version": "2c", "community": reference, "insecure": "true", **more}
    return "credentials: {c: {" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}}\n"


DEVICE = "devices: {sw: {site: hall, address: 10.0.0.1, snmp: {credential: c}}}\n"


def community(inventory):
    return inventory.devices["sw"].snmp.credential.community.reveal()


def test_a_file_is_read_without_the_line_end_of_its_editor(read, folder):
    for content, expected in ((b"abc", b"abc"), (b"abc\n", b"abc"), (b"abc\r\n", b"abc"), (b" a b \n\n", b" a b \n")):
        (folder / "secrets/x").write_bytes(content)
        assert community(read(HEAD + credential("{file: secrets/x}") + DEVICE)) == expected


def test_an_environment_variable_is_taken_byte_by_byte(read):
    environ = {"COMMUNITY": os.fsdecode(b"\xff\xfe abc\n")}
    assert community(read(HEAD + credential("{env: COMMUNITY}") + DEVICE, environ=environ)) == b"\xff\xfe abc\n"


def test_a_systemd_credential_is_read_from_its_directory(read, folder):
    (folder / "creds").mkdir()
    (folder / "creds/field").write_bytes(b"abc\n")
    text = HEAD + credential("{credential: field}") + DEVICE
    assert community(read(text, credentials_dir=folder / "creds")) == b"abc"


def test_a_systemd_credential_is_a_name_and_no_path(mistakes, folder):
    (folder / "creds").mkdir()
    text = HEAD + credential("{credential: ../secrets/field}") + DEVICE
    assert mistakes(text, credentials_dir=folder / "creds") == [
        "inventory.yaml:4 credentials.c.community: '../secrets/field' is not the name of a systemd credential"
    ]


def test_an_absolute_file_is_allowed(read, folder):
    assert (
        community(read(HEAD + credential(f"{{file: {folder}/secrets/field}}") + DEVICE)) == f"{CANARY}-field".encode()
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the secret 'secrets/x' is empty"),
        (b"\n", "the secret 'secrets/x' is empty"),
        (b"x" * 5000, "the secret's file 'secrets/x' is longer than 4096 bytes; that is no community"),
    ],
)
def test_a_file_that_holds_no_secret(mistakes, folder, content, sentence):
    (folder / "secrets/x").write_bytes(content)
    text = HEAD + credential("{file: secrets/x}")
    assert mistakes(text) == [f"inventory.yaml:4 credentials.c.community: {sentence}"]


def test_a_fifo_is_not_waited_for(mistakes, folder):
    os.mkfifo(folder / "secrets/pipe")
    assert mistakes(HEAD + credential("{file: secrets/pipe}")) == [
        "inventory.yaml:4 credentials.c.community: the secret's file 'secrets/pipe' does not exist"
    ]


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, '"a\\0b"'])
def test_a_path_the_system_does_not_take_is_a_mistake_and_no_crash(mistakes, name):
    (sentence,) = mistakes(HEAD + credential(f"{{file: {name}}}"))
    assert sentence.startswith("inventory.yaml:4 credentials.c.community: the secret's file ")


MISPLACED = {
    "in place of the reference": credential(CANARY),
    "in quotes": credential(f"'{CANARY}'"),
    "in a list": credential(f"[{CANARY}]"),
    "in braces": credential(f"{{{CANARY}}}"),
    "behind a wrong key": credential(f"{{literal: {CANARY}}}"),
    "beside a right key": credential(f"{{file: secrets/field, value: {CANARY}}}"),
    "as the credential itself": f"credentials: {{c: {CANARY}}}\n",
    "as all credentials": f"credentials: {CANARY}\n",
    "behind a misspelt key": credential("{file: secrets/field}", comunity=CANARY),
    "as an anchor": credential(f"&{CANARY} x"),
    "as an alias": credential(f"*{CANARY}"),
    "as a tag": credential(f"!{CANARY} x"),
    "on a line that is no YAML": f"credentials: {{c: {{community: {CANARY}: {{{CANARY}\n",
    "as a password of version 3": f"credentials: {{c: {{version: 3, auth: {{password: {CANARY}}}}}}}\n",
    "beside a control character": f"credentials: {{c: {{community: {CANARY}\x01}}}}\n",
}


@pytest.mark.parametrize("text", MISPLACED.values(), ids=MISPLACED)
def test_a_secret_in_the_wrong_place_is_refused_without_repeating_it(read, text):
    with pytest.raises(InventoryError) as caught:
        read(HEAD + text)
    assert caught.value.problems
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(caught.value.problems)


def test_an_inventory_never_shows_its_secrets(read):
    inventory = read(HEAD + credential("{file: secrets/field}") + DEVICE)
    secret = community(inventory)
    assert secret == f"{CANARY}-field".encode()
    shown = "\n".join((repr(inventory), str(inventory), summary(inventory), inventory.fingerprint))
    for form in (secret.decode(), secret.hex(), base64.b64encode(secret).decode()):
        assert form not in shown
    assert "community=***" in shown


def test_a_secret_is_neither_pickled_nor_copied_away(read):
    secret = read(HEAD + credential("{file: secrets/field}") + DEVICE).devices["sw"].snmp.credential.community
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)


def test_a_new_secret_in_the_same_file_leaves_the_fingerprint_as_it_was(read, folder):
    text = HEAD + credential("{file: secrets/field}") + DEVICE
    before = read(text)
    (folder / "secrets/field").write_bytes(b"another")
    after = read(text)
    assert community(before) != community(after)
    assert before.fingerprint == after.fingerprint


def test_a_traceback_of_a_refused_inventory_holds_no_secret(read):
    import traceback

    text = HEAD + credential("{file: secrets/field}") + DEVICE + "devises: {}\n"
    printed = ""
    with contextlib.suppress(InventoryError):
        try:
            read(text)
        except InventoryError as error:
            printed = "".join(traceback.format_exception(error))
            raise
    assert "devises" in printed
    assert CANARY not in printed
