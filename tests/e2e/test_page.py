"""The built-in page in a real browser."""
import subprocess

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from harness.server import PASSWORD

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    yield driver
    driver.quit()


def shown(browser, name):
    """Waits until the part `name` of the page is to be seen."""
    return WebDriverWait(browser, 20).until(
        lambda b: (part := b.find_element(By.ID, name)).is_displayed() and part)


def complaints(browser):
    """What the console says of refused scripts, failed loads and errors."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.mark.parametrize("size", SIZES)
def test_the_first_user_is_made_on_the_page_and_its_token_and_password_work(new_server, browser, size):
    server = new_server(f"page-{size}").start()
    browser.set_window_size(*SIZES[size])
    browser.get(server.url + "/")
    shown(browser, "setup")
    browser.find_element(By.ID, "username").send_keys("alice")
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.ID, "submit").click()
    shown(browser, "token")
    token = browser.find_element(By.ID, "token-text").get_attribute("value")
    me = requests.get(server.url + "/api/v1/user/", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert (me.json()["username"], me.json()["super_user"]) == ("alice", True)

    commands = [shown(browser, f"cmd-{name}").text for name in ("login", "push", "pull")]
    auth = server.data.parent / f"auth-{size}.json"
    login = subprocess.run(commands[0] + f" -p {PASSWORD} --authfile {auth}", shell=True, capture_output=True,
                           text=True, timeout=120, check=False)
    assert login.returncode == 0, login.stdout + login.stderr
    assert f"{server.host}/alice/" in commands[1] and f"{server.host}/alice/" in commands[2]
    # Nothing sticks out at the side.
    wide = browser.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
    assert complaints(browser) == []
    server.stop()


def test_the_page_says_why_a_user_was_refused_and_keeps_the_input(new_server, browser):
    server = new_server("page-refusal").start()
    browser.get(server.url + "/")
    shown(browser, "setup")
    server.initialize("somebody")  # meanwhile another was faster
    browser.find_element(By.ID, "username").send_keys("alice")
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.ID, "submit").click()
    assert shown(browser, "setup-error").text
    assert browser.find_element(By.ID, "username").get_attribute("value") == "alice"
    browser.get(server.url + "/")
    shown(browser, "running")
    assert not browser.find_element(By.ID, "setup").is_displayed()
    server.stop()
