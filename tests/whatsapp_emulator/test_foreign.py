"""Somebody else's client in another language, from npm, unmodified: sends, and reads webhooks."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from whatsapp_emulator.samples import SAMPLES

ANNA = "393471112201"
FOREIGN = Path(__file__).parent / "foreign"
INSTALL_S, SPEAK_S = 110, 30


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """The client installed as its lock file says, in a folder of its own."""
    npm = shutil.which("npm")
    if npm is None:
        if os.environ.get("CI") == "true":
            pytest.fail("npm is missing, and in CI nothing may be left out")
        pytest.skip("npm is missing: the foreign client cannot be installed")
    folder = tmp_path_factory.mktemp("foreign")
    for name in ("package.json", "package-lock.json", "speak.js"):
        shutil.copy(FOREIGN / name, folder / name)
    words = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def speak(folder, given):
    node = shutil.which("node")
    assert node is not None, "npm is here, but node is not"
    done = subprocess.run(
        [node, "speak.js"], cwd=folder, input=json.dumps(given), capture_output=True, text=True,
        timeout=SPEAK_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_sends_and_verifies_and_reads_what_comes_back(play, foreign):
    async def scene(p):
        await p.template()
        await p.says("Ciao")
        sent = await asyncio.to_thread(
            speak,
            foreign,
            {
                "act": "send", "token": p.settings.access_token, "url": p.url, "number": p.number,
                "to": f"+{ANNA}", "png": base64.b64encode(SAMPLES["image"][1]).decode(),
            },
        )  # fmt: skip
        assert sent.pop("downloaded") is True
        await p.advance(10)
        for wamid in sent.values():
            assert p.receiver.statuses(wamid)[0]["status"] == "sent"
        shown = [m["type"] for m in await p.chat()]
        assert sorted(shown[1:]) == ["image", "interactive", "template", "text"]
        posts = [
            {"raw": base64.b64encode(raw).decode(), "signature": head["X-Hub-Signature-256"]}
            for raw, head in zip(p.receiver.raw, p.receiver.headers, strict=True)
        ]
        given = {"act": "receive", "secret": p.settings.app_secret, "posts": posts}
        given["token"], given["url"] = "-", p.url
        read = await asyncio.to_thread(speak, foreign, given)
        assert all(read["good"])
        assert not any(read["bad"])
        assert read["texts"] == ["Ciao"]
        assert sorted(read["statuses"]) == sorted(["sent", "delivered", "read"] * 4)

    play(scene)
