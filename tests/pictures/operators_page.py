"""`python -m tests.pictures.operators_page` photographs the operator's page anew into `grafana/pictures/`.

A real netwatch watches a simulated city, two cables of one of whose rings are cut, and a camera of which hangs. What is
to be seen is what Chromium shows, on a desk in English and at night on a phone in Korean.
"""

import subprocess
import tempfile
import time
from pathlib import Path

from grafana.generate import FOLDER
from netwatch.simulate.growth import generate
from tests.e2e.browser import PHONE, Reader, browser
from tests.e2e.page_city import faults, watched
from tests.e2e.process import until
from tests.pictures.draw import CAMERA, FIRST_CABLE, SECOND_CABLE

PICTURES = FOLDER.parent / "pictures"
DESK = {"width": 1280, "height": 800}


def photograph(reader, path, into):
    """One view as it is on the screen."""
    page = reader.open(path).page
    time.sleep(1)  # what just came is lit up for a moment
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        taken = Path(folder) / "page.png"
        page.screenshot(path=taken)
        subprocess.run(["pngquant", "--quality=60-90", "--strip", "--force", "--output", into, taken], check=True)


def main():
    with browser() as opened, watched(generate(switches=40, seed=1)) as city:
        for subject, number in (
            (f"cable:{FIRST_CABLE}", 1),
            (f"cable:{SECOND_CABLE}", 2),
            (f"field_device:{CAMERA}", 3),
        ):
            city.network.fail(subject)
            until(lambda wanted=number: len(faults(city)) >= wanted, within_s=120, what=subject)
        time.sleep(45)
        worst = faults(city)[0]["id"]
        photograph(Reader(opened, city.daemon.url, user="kim", size=DESK), "/", PICTURES / "page-en.png")
        phone = Reader(
            opened, city.daemon.url, user="kim", size=PHONE, language="ko-KR", scheme="dark", device_scale_factor=2
        )
        photograph(phone, f"/fault/{worst}", PICTURES / "page-phone-ko.png")


if __name__ == "__main__":
    main()
