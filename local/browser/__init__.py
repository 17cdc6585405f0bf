"""A headless Chromium for the tests of what a person looks at, and axe-core, which judges accessibility."""
