"""A sign is borne by what says the same, whatever stands behind the ends of the columns; and by nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from netwatch.snmp import ber
from netwatch.snmp.message import VarBind, encode_varbind
from netwatch.snmp.sign import _span, _usual, sign_of

varbinds = st.builds(
    lambda arc, value: VarBind(ber.oid_content(f"1.3.6.1.{arc}"), ber.INTEGER, value),
    st.integers(0, 2**32 - 1),
    st.integers(-(2**31), 2**31 - 1),
)
answers = st.lists(st.tuples(varbinds, st.booleans()), min_size=1, max_size=8)
NO_ERROR = ber.integer(0) * 2


def body(variables, errors=NO_ERROR):
    return errors + ber.tlv(ber.SEQUENCE, b"".join(map(encode_varbind, variables)))


@given(answers, st.data())
def test_only_what_was_taken_and_the_names_of_the_rest_count(answer, data):
    variables, taken = [one for one, _ in answer], [counts for _, counts in answer]
    sign = sign_of(body(variables), taken)
    assert sign.is_borne_by(body(variables))
    at = data.draw(st.integers(0, len(variables) - 1))
    other = data.draw(varbinds)
    changed = [*variables[:at], variables[at]._replace(value=other.value), *variables[at + 1 :]]
    assert sign.is_borne_by(body(changed)) is (not taken[at] or changed == variables)
    renamed = [*variables[:at], variables[at]._replace(oid=other.oid), *variables[at + 1 :]]
    assert sign.is_borne_by(body(renamed)) is (renamed == variables)


@given(answers)
def test_fewer_or_more_variables_are_another_answer(answer):
    variables = [one for one, _ in answer]
    sign = sign_of(body(variables), [counts for _, counts in answer])
    assert not sign.is_borne_by(body(variables[:-1]))
    assert not sign.is_borne_by(body([*variables, variables[0]]))


@given(answers, st.binary(max_size=200), st.integers(0, 300))
def test_what_is_not_well_formed_bears_no_sign(answer, rubbish, cut):
    variables, taken = [one for one, _ in answer], [counts for _, counts in answer]
    sign, whole = sign_of(body(variables), taken), body(variables)
    assert not sign.is_borne_by(rubbish)
    assert sign.is_borne_by(whole[:cut]) is (cut >= len(whole))
    assert not sign.is_borne_by(body(variables, errors=ber.integer(5) + ber.integer(1)))
    assert sign_of(whole[:cut], taken) == (sign if cut >= len(whole) else None)


@given(st.one_of(varbinds.map(encode_varbind), st.binary(max_size=12)), st.binary(max_size=3), st.integers(0, 20))
def test_a_variable_read_without_a_call_for_each_header_is_the_one_read_with_them(octets, behind, cut):
    for one in (octets + behind, octets[: len(octets) - cut]):
        usual = _usual(one, 0)
        assert usual is None or usual == _span(one, 0)


def test_another_type_of_what_was_not_taken_is_another_answer():
    behind = VarBind(ber.oid_content("1.3.6.1.2"), ber.COUNTER32, 7)
    sign = sign_of(body([behind]), [False])
    assert sign.is_borne_by(body([behind._replace(value=8)]))
    assert not sign.is_borne_by(body([VarBind(behind.oid, ber.END_OF_MIB_VIEW)]))
