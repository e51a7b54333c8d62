from errors import LARGEST


def pytest_terminal_summary(terminalreporter):
    for what, error in LARGEST.items():
        terminalreporter.write_line(f"largest relative error, {what}: {error:.1e}")
