# The one entry point. Each target does its own set-up: as root it installs the
# Debian packages that are missing, otherwise it prints the command that does.

SWIFT ?= swift

.PHONY: build demo check test soak fuzz golden lint format bench dist clean setup-build setup-dist setup-test setup-demo

build: setup-build
	@scripts/compile

demo: setup-demo
	@scripts/demo

# MODULE=OCI runs the tests of one module.
check: lint setup-test
	@scripts/test $(if $(MODULE),--filter '^$(MODULE)Tests\.',--check)

test: setup-test
	@scripts/test

soak: setup-test
	@IDENTIKIT_SOAK=1 scripts/test

fuzz: setup-test
	@scripts/fuzz

golden: setup-test
	@IDENTIKIT_UPDATE_GOLDEN=1 scripts/test --filter '[Gg]olden'

lint:
	@$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks
	@scripts/forbid

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

bench: setup-test
	@scripts/compile --all
	@scripts/bench

# What people install: one file without Swift's libraries, a tarball and a .deb; as root, tried in fresh Debian roots.
dist: setup-dist
	@scripts/dist
	@if [ "$$(id -u)" = 0 ]; then scripts/try-dist; else echo "not tried in fresh roots: that needs root"; fi

clean:
	rm -rf .build .build-release .build-dist dist

setup-build:
	@scripts/setup build

setup-dist:
	@scripts/setup build dist

setup-test:
	@scripts/setup build test

setup-demo:
	@scripts/setup build demo
