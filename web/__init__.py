"""The page. Only web/build/ is imported by name, by build.py and by the tests."""
