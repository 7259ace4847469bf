# Keluarga Sehat Sync. `make` alone lists the targets.

GO_TOOL = go tool -modfile=internal/tools/go.mod
SEEDS ?= 1-8

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: compiler ## the main job on the embedded store: ten devices collect, disagree, sync (ONCE=1 ends by itself)
	go run ./cmd/ks-sim demo $(if $(ONCE),--once)

# lint has vetted all packages, by more analysers than `go test` runs.
TEST = -vet=off -shuffle=on -timeout 25m

# The packages of tests that take long and race with nothing (internal/unraced).
UNRACED = $$(grep -rlF --include='*_test.go' unraced.Test internal server client-sdk | xargs -n 1 dirname | sort -u | sed 's,^,./,')

test: deps lint ## everything a contributor must pass; installs what it needs
	go mod verify
	go test $(TEST) ./cmd/...
	go test -race -short $(TEST) ./internal/... ./server/... ./client-sdk/...
	go test $(TEST) $(UNRACED)
	go run ./cmd/ks-sim promises --seeds $(SEEDS)
	go run ./cmd/ks-sim promises --seeds $(SEEDS) --bad-disks
	go run ./cmd/ks-sim attack --for 10s --connections 3000
	go run -tags planted ./cmd/ks-sim faults --cycles 20
	go test -vet=off -tags planted -run AppThatIsKilled ./cmd/ks-device
	go run -tags planted ./cmd/ks-sim faults --cycles 20 --postgres --devices 8
	go run ./cmd/ks-sim procedure

procedure: compiler ## set a district up from nothing: README's commands as they stand, then REST alone, to the first offline survey
	go run ./cmd/ks-sim procedure

lint: proto-deps ## contract, formatting, vet, staticcheck, the pages' types, known vulnerabilities
	.ci/proto-lint
	@found="$$(find cmd client-sdk internal proto server -name node_modules -prune -o -name '*.go' -print | xargs gofmt -l)" && \
		{ test -z "$$found" || { echo "$$found"; echo "run gofmt -w on these"; exit 1; }; }
	go vet ./...
	go mod tidy -diff
	$(GO_TOOL) staticcheck ./cmd/... ./client-sdk/... ./internal/... ./server/...
	cd server/web && npm run --silent check
	@$(GO_TOOL) govulncheck ./... 2>.build/govulncheck.log || { grep -q 'vuln.go.dev\|fetching vulnerabilities\|dial tcp\|no such host' .build/govulncheck.log && echo "govulncheck: its data can't be reached from here; nothing was checked" || { cat .build/govulncheck.log; exit 1; }; }

generate: proto-deps ## write the code generated from proto/ anew
	.ci/generate .
	cd server/web && node scripts/api.mjs

pages: modules ## build the pages that are embedded (server/web/dist, client-sdk/app/dist) anew
	cd server/web && node scripts/build.mjs

story: compiler ## people's stories in a real browser, at phone and desktop width, light and dark; pictures in out/story
	.ci/install modules chromium
	KS_STORY_ALL=1 go test -count=1 -v -timeout 90m ./cmd/ks-sim/story

bench: deps ## speed, bytes and memory beside a bare baseline; Markdown on stdout, out/bench.jsonl
	go run ./cmd/ks-sim bench

bench-peers: compiler ## optional: ours beside pouchdb-server and PocketBase; needs npm and the Go module proxy
	@.ci/install node
	go run ./cmd/ks-sim bench-peers

sums: compiler ## every figure at every level against plain SQL over 200,000 random families (make test: 3,000)
	KS_SUMS_FAMILIES=200000 go test -count=1 -v -timeout 2h ./cmd/ks-sim/sums

mutants: deps ## plant every known kind of bug and show which suite finds it
	go run ./cmd/ks-sim mutants

dist: compiler ## ks-server and ks-device for linux/amd64, linux/arm64 and windows/amd64, with checksums, into out/dist
	@.ci/install cross
	.ci/dist

attack: compiler ## hostile clients at a real server for a minute beside honest ones; a table, and non-zero when a bound is broken
	go run ./cmd/ks-sim attack

SOAK_SEEDS ?= 1-1000
SOAK_CYCLES ?= 200

SOAK_STEP ?= 1
SOAK_OUT = out/soak.jsonl

soak: deps ## the fault suites long: 1,000 seeds, 200 kill-and-verify cycles on either engine; one report at the end
	@mkdir -p out && rm -f $(SOAK_OUT)
	-go run ./cmd/ks-sim promises --seeds $(SOAK_SEEDS) --outcome $(SOAK_OUT)
	-go run ./cmd/ks-sim promises --seeds $(SOAK_SEEDS) --bad-disks --outcome $(SOAK_OUT)
	-go run ./cmd/ks-sim promises --seeds $(SOAK_SEEDS) --rights --outcome $(SOAK_OUT)
	-go run ./cmd/ks-sim links --step $(SOAK_STEP) --outcome $(SOAK_OUT)
	-go run -tags planted ./cmd/ks-sim faults --cycles $(SOAK_CYCLES) --devices 5 --outcome $(SOAK_OUT)
	-go run -tags planted ./cmd/ks-sim faults --cycles $(SOAK_CYCLES) --postgres --devices 50 --outcome $(SOAK_OUT)
	@go run ./cmd/ks-sim soak-report $(SOAK_OUT) --suites 6

deps: compiler ## install what the tests need: compiler, Node packages, PostgreSQL, Chromium
	.ci/install modules postgres chromium

compiler:
	@.ci/install compiler

modules:
	@.ci/install modules

proto-deps: compiler
	@.ci/proto-deps

# Targets install into the same folders: one after the other, also with -j.
.NOTPARALLEL:

# Every target is a deed, none a file.
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*/\1/p' $(firstword $(MAKEFILE_LIST)))
.DEFAULT_GOAL := help
