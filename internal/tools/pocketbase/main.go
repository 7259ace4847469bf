// Command pocketbase is PocketBase as its authors build it, for ks-sim
// bench-peers to measure. It is a module of its own, so that neither the product
// nor its tools depend on it.
//
// With KS_SYNCHRONOUS=FULL it syncs SQLite's log before each answer, as the
// product does; otherwise it connects as PocketBase does by default.
package main

import (
	"log"
	"os"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

// durable are the settings of core.DefaultDBConnect but for synchronous, which
// there is NORMAL.
const durable = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)" +
	"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"

func main() {
	connect := core.DefaultDBConnect
	if os.Getenv("KS_SYNCHRONOUS") == "FULL" {
		connect = func(path string) (*dbx.DB, error) { return dbx.Open("sqlite", path+durable) }
	}
	if err := pocketbase.NewWithConfig(pocketbase.Config{DBConnect: connect, HideStartBanner: true}).Start(); err != nil {
		log.Fatal(err)
	}
}
