"""What a person sees at the command line when something is wrong: one sentence, no traceback."""

import socket

import pytest

from wharfinger.cli import main
from wharfinger.config import environment


@pytest.fixture
def configured(home):
    """Set this process's configuration as the environment given would."""
    before = environment.current()

    def configure(**environ):
        variables = {"WHARFINGER_HOME": str(home), **environ}
        return environment.adopt(environment.read(variables))

    yield configure
    environment.adopt(before)


def only_sentence(capsys):
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("wharfinger: ")
    assert output.err.count("\n") == 1
    return output.err


def test_help_names_every_command_and_variable(capsys):
    with pytest.raises(SystemExit) as ended:
        main.main(["--help"])
    assert ended.value.code == 0
    output = capsys.readouterr().out
    for word in ("demo", "demo-once", "serve", "worker", "migrate", "doctor", "WHARFINGER_HOME", "DATABASE_URL"):
        assert word in output


@pytest.mark.parametrize(
    "words",
    [[], ["fly"], ["worker", "--concurrency", "0"], ["demo", "--rate", "0"], ["demo", "--port", "99999"]],
)
def test_wrong_words_end_with_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main.main(words)
    assert ended.value.code == 2
    assert "usage: wharfinger" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor"])
def test_a_database_that_does_not_answer_is_reported(command, configured, capsys):
    configured(DATABASE_URL="postgresql://u:s3cret@127.0.0.1:1/x")
    assert main.main([command]) == 4
    sentence = only_sentence(capsys)
    assert "DATABASE_URL" in sentence
    assert "s3cret" not in sentence


def test_a_home_that_cannot_be_made_is_reported(configured, capsys):
    configured(WHARFINGER_HOME="/proc/wharfinger")
    assert main.main(["migrate"]) == 2
    assert "WHARFINGER_HOME" in only_sentence(capsys)


def test_a_home_below_a_file_is_reported(configured, home, capsys):
    (home / "file").write_text("")
    configured(WHARFINGER_HOME=str(home / "file" / "home"))
    assert main.main(["migrate"]) == 2
    assert "WHARFINGER_HOME" in only_sentence(capsys)


def test_where_another_program_listens_serve_starts_nothing(configured, capsys, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        configured(WHARFINGER_HOME=str(tmp_path), WHARFINGER_LISTEN=f"127.0.0.1:{port}", DATABASE_URL="")
        assert main.main(["serve"]) == 4
    assert f"127.0.0.1:{port}, cannot be listened on" in only_sentence(capsys)
    assert not (tmp_path / "postgres").exists()
