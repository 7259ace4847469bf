package sqlite

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// holdEnv makes the test binary a process that holds the database named until
// it is killed.
const holdEnv = "SQLITE_TEST_HOLD"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdEnv); path != "" {
		os.Exit(hold(path))
	}
	if path := os.Getenv(powerEnv); path != "" {
		if err := writeUntilFailed(path, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func hold(path string) int {
	db, _, err := OpenDevice(context.Background(), path, options)
	if err == nil {
		_, err = db.Exec("CREATE TABLE kept (a INTEGER) STRICT; INSERT INTO kept VALUES (42)")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("held")
	select {} // Only a kill ends it.
}
