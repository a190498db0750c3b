"""Files of mutual TLS are looked at before anything starts; what is wrong is said in one line."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization

from tests.unit.house.certificates_kit import PAST, VARIABLES, Authority
from tritone.errors import SetupError
from tritone.house.certificates import Files

pytestmark = pytest.mark.unit
CA, CERTIFICATE, KEY = VARIABLES


@pytest.fixture
def authority(tmp_path):
    """Who signs."""
    return Authority(tmp_path)


@pytest.fixture
def files(authority):
    """Files as they should be."""
    return authority.files("mine")


def refusal(files: Files) -> str:
    """The one line that says what is wrong."""
    with pytest.raises(SetupError) as caught:
        files.read()
    assert "\n" not in caught.value.message
    return caught.value.message


def test_files_that_fit_are_read(files):
    """All three come back as they lie there."""
    pems = files.read()
    assert pems.ca == files.ca.read_bytes()
    assert pems.certificate == files.certificate.read_bytes()
    assert pems.key == files.key.read_bytes()


@pytest.mark.parametrize(
    ("field", "variable"), [("ca", CA), ("certificate", CERTIFICATE), ("key", KEY)]
)
def test_a_file_that_is_not_there_is_named(files, field, variable, tmp_path):
    """The variable and the path say which of the three it is."""
    gone = dataclasses.replace(files, **{field: tmp_path / "gone.pem"})
    assert refusal(gone).startswith(f"{variable}={tmp_path}/gone.pem does not exist")


@pytest.mark.parametrize(
    ("field", "variable"), [("ca", CA), ("certificate", CERTIFICATE), ("key", KEY)]
)
@pytest.mark.parametrize("content", [b"", b"not PEM", b"x" * 2_000_000])
def test_a_file_of_something_else_is_named(files, field, variable, content, tmp_path):
    """Empty, wrong and huge files are refused by name."""
    (tmp_path / "odd.pem").write_bytes(content)
    odd = dataclasses.replace(files, **{field: tmp_path / "odd.pem"})
    assert refusal(odd).startswith(f"{variable}={tmp_path}/odd.pem ")


def test_a_folder_is_no_file(files, tmp_path):
    """A path that cannot be read is refused with the system's reason."""
    folder = dataclasses.replace(files, ca=tmp_path)
    assert "cannot be read (Is a directory)" in refusal(folder)


def test_a_certificate_that_has_expired_is_refused(authority):
    """The day is said on which it ended."""
    message = refusal(authority.files("late", not_after=PAST))
    assert message.startswith(CERTIFICATE)
    assert f"expired on {PAST:%Y-%m-%d}" in message


def test_a_certificate_of_tomorrow_is_refused(authority):
    """One that is not valid yet makes one think of the clock."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    message = refusal(authority.files("early", not_before=tomorrow))
    assert f"is not valid before {tomorrow:%Y-%m-%d}" in message
    assert "clock" in message


def test_the_key_of_another_certificate_is_refused(authority, files):
    """Both files are named, since either may be the wrong one."""
    mixed = dataclasses.replace(files, key=authority.files("other").key)
    message = refusal(mixed)
    assert message.startswith(KEY)
    assert CERTIFICATE in message


def test_a_key_with_a_password_is_refused(files, tmp_path):
    """Nobody is there to be asked for it; the command that takes it away is given."""
    key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )
    message = refusal(dataclasses.replace(files, key=locked))
    assert "has a password" in message
    assert "openssl pkey" in message


def test_an_old_root_beside_a_new_one_is_no_fault(authority, files, tmp_path):
    """While a root is replaced the file holds two, of which one has to be valid."""
    old = authority.files("old-root", not_after=PAST)
    both = tmp_path / "both.pem"
    both.write_bytes(old.certificate.read_bytes() + files.ca.read_bytes())
    dataclasses.replace(files, ca=both).read()
    assert "expired" in refusal(dataclasses.replace(files, ca=old.certificate))


def test_what_is_not_set_is_named(tmp_path):
    """All that is missing is said at once."""
    with pytest.raises(SetupError, match=f"set {CA}, {KEY}$"):
        Files.given((None, tmp_path, None), VARIABLES)
