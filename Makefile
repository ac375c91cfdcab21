# make            build the program; with TRAITS=NATS, here and below, with feeds at a NATS broker (docs/streaming.md)
# make demo       build, and score an example feed and an example export
# make test       build, run every check and test, and train the model again to compare it
# make test-spark run the example for Apache Spark and compare its results with the program's
# make install    install under PREFIX (/usr/local), with DESTDIR in front where that is set
# make model      train models/weerbaar-nl.model again from corpora/
# make format     lay the Swift code out anew;  make lint  only check it
# make benchmark  messages a second, and the table against other programs

PREFIX = /usr/local
JOBS = $(shell nproc)
TRAITS =
RELEASE = swift build -c release --static-swift-stdlib -j $(JOBS) --product weerbaar $(TRAITS:%=--traits %)
PROGRAM = $(shell swift build -c release --show-bin-path)/weerbaar
SWIFT_CODE = Package.swift Sources Tests

export WEERBAAR_STRICT = 1

.PHONY: all setup build demo test test-spark lint format model install uninstall benchmark clean

all: build

setup:
	@scripts/setup $(if $(filter NATS,$(TRAITS)),nats)

build: setup
	$(RELEASE)

demo: build
	@examples/demo "$(PROGRAM)"

lint: setup
	swift format lint --strict --parallel --recursive $(SWIFT_CODE)

format: setup
	swift format --in-place --parallel --recursive $(SWIFT_CODE)

# The tests are built with the broker, the program without: both ways hold.
test: setup lint
	@scripts/setup nats
	swift build --build-tests --traits NATS -j $(JOBS)
	swift test --skip-build --traits NATS
	$(RELEASE)
	scripts/check-model "$(PROGRAM)"
	$(if $(TRAITS),,scripts/check-without-nats "$(PROGRAM)")

test-spark: build
	scripts/test-spark "$(PROGRAM)"

model: build
	"$(PROGRAM)" train --corpus corpora --output models/weerbaar-nl.model

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/weerbaar"
	install -s -m 755 "$(PROGRAM)" "$(DESTDIR)$(PREFIX)/bin/weerbaar"
	install -m 644 models/weerbaar-nl.model "$(DESTDIR)$(PREFIX)/share/weerbaar/weerbaar-nl.model"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/weerbaar" "$(DESTDIR)$(PREFIX)/share/weerbaar/weerbaar-nl.model"

benchmark: build
	Benchmarks/run "$(PROGRAM)"
	python3 Benchmarks/stages.py "$(PROGRAM)"
	python3 Benchmarks/limits.py "$(PROGRAM)"

clean:
	swift package clean
