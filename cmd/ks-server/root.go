package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/build"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/settings"
	"github.com/keluarga-sehat/sync/internal/usage"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // the work could not be done, or a check failed
	exitMisused = usage.ExitCode
)

func misused(format string, args ...any) error { return usage.Errorf(format, args...) }

// Run is the program as a value that tests start; it returns the exit code.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root, out := rootCommand(&options{}), usage.NewOutput(stdout)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	called, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = out.Err()
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "ks-server:", err)
	if usage.Is(err) {
		fmt.Fprintln(stderr, usage.Hint(called))
		return exitMisused
	}
	return exitFailed
}

// rootCommand is the whole tree of commands.
func rootCommand(o *options) *cobra.Command {
	root := &cobra.Command{
		Use:   "ks-server",
		Short: "The sync server of Keluarga Sehat",
		Long: `ks-server accepts surveys from devices, merges them without losing anything,
keeps the IKS of every family and area, and serves it over gRPC and REST.

Start with 'ks-server init', then 'ks-server import areas', 'import puskesmas',
'account add' and 'serve'. Options can be given as flags, in the environment
(KS_DIR, KS_DATABASE, KS_LISTEN, KS_DUKCAPIL, KS_RETURN_DAYS), or, but for the folder, as
lines name=value in DIR/ks-server.conf (database, listen, dukcapil, return-days); flags win,
then the environment.`,
		Version:      build.Version(),
		SilenceUsage: true, SilenceErrors: true,
		Args: cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if err := usage.Texts(cmd, args); err != nil {
				return err
			}
			ctx, cancel := context.WithCancelCause(cmd.Context())
			o.interrupt = cancel
			if cmd.Name() != "serve" && cmd.Name() != "dev" {
				ctx = store.AsOperator(ctx)
			}
			cmd.SetContext(ctx)
			return o.complete(cmd)
		},
		RunE: func(*cobra.Command, []string) error { return misused("say what to do; see 'ks-server --help'") },
	}
	root.SetFlagErrorFunc(usage.Flags)
	root.PersistentFlags().StringVar(&o.dir, "dir", "ks-data", "`folder` of keys, certificate, configuration and the embedded store")
	root.PersistentFlags().StringVar(&o.database, "database", "", "PostgreSQL `address` (postgres://...); empty: SQLite in --dir")
	root.AddCommand(initCommand(o), serveCommand(o), devCommand(o), importCommand(o), exportCommand(o), accountCommand(o), verifyCommand(o), recomputeCommand(o), backupCommand(o), restoreCommand(o), doctorCommand(o), auditCommand(o), personCommand(o), registrationCommand(o), contactsCommand(o), keysCommand(o), certificateCommand(o), deviceCommand(o))
	usage.Arguments(root)
	return root
}

// options are what every command needs.
type options struct {
	dir, database string
	// databaseByFlag: neither environment nor configuration file names the database.
	databaseByFlag bool
	file           map[string]settings.Value
	// hold is open's on the store's gate.
	hold *store.Hold
	// wentOver is what was carried out again because the database has gone over to another
	// timeline since this folder was last used; nil: it has not.
	wentOver *person.Reapplied
	// interrupt ends the command; nil: it is not one.
	interrupt context.CancelCauseFunc
}

// names are the settings that a configuration file may hold.
var names = []string{"database", "listen", "dukcapil", "return-days"}

// complete fills in what flags leave open, from the environment, then from the
// configuration file.
func (o *options) complete(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("dir") {
		if dir := os.Getenv("KS_DIR"); dir != "" {
			o.dir = dir
		}
	}
	data, err := os.ReadFile(o.configuration())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read configuration: %w", err)
	}
	if o.file, err = settings.Parse(data, names); err != nil {
		return misused("ks-server.conf %w", err)
	}
	o.databaseByFlag = cmd.Flags().Changed("database") && o.database != ""
	o.database = o.choose(cmd, "database", "KS_DATABASE", o.database)
	return nil
}

// choose is the flag if it was given, else the environment's or the file's
// value, else the flag's default.
func (o *options) choose(cmd *cobra.Command, name, environment, flag string) string {
	if cmd.Flags().Changed(name) {
		return flag
	}
	if value := os.Getenv(environment); value != "" {
		return value
	}
	if value := o.file[name].Text; value != "" {
		return value
	}
	return flag
}

// Files in the folder.
func (o *options) keys() string          { return filepath.Join(o.dir, "keys.json") }
func (o *options) certificate() string   { return filepath.Join(o.dir, "server.pem") }
func (o *options) privateKey() string    { return filepath.Join(o.dir, "server.key") }
func (o *options) sqliteFile() string    { return filepath.Join(o.dir, "server.db") }
func (o *options) configuration() string { return filepath.Join(o.dir, "ks-server.conf") }

// makeStore opens the store, and makes it where there is none.
func (o *options) makeStore(ctx context.Context) (store.Store, error) {
	if o.database != "" {
		return postgres.Open(ctx, o.database)
	}
	return sqlite.Open(ctx, o.sqliteFile(), sqlite.Options{})
}

// openStore opens a store that is there.
func (o *options) openStore(ctx context.Context) (store.Store, error) {
	if o.database == "" {
		if _, err := os.Stat(o.sqliteFile()); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("no store: %s is not there: name the database with --database if it is in PostgreSQL; else put the file back, or 'ks-server restore' a backup; 'ks-server init' makes a new one in a new folder", o.sqliteFile())
		}
	}
	return o.makeStore(ctx)
}

// checkStore tells whether a store is one that was made, and the keys are its own.
func (o *options) checkStore(ctx context.Context, s store.Store, ring *record.Ring) error {
	return s.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		epoch, err := snap.Meta(ctx, store.MetaEpoch)
		if err != nil {
			return err
		}
		if epoch == "" {
			return fmt.Errorf("%s is empty: it is another than 'ks-server init' made, or its making was cut short", o.storeName())
		}
		return rotation.Check(ctx, snap, ring)
	})
}

// storeName names the store, without the password that an address may hold.
func (o *options) storeName() string {
	if o.database == "" {
		return o.sqliteFile()
	}
	if c, err := pgx.ParseConfig(o.database); err == nil {
		return fmt.Sprintf("database %s on %s", c.Database, c.Host)
	}
	return "the database"
}

func (o *options) openRing() (*record.Ring, error) {
	data, err := os.ReadFile(o.keys())
	if errors.Is(err, os.ErrNotExist) {
		return nil, o.errNoKeys()
	}
	if err != nil {
		return nil, err
	}
	return record.UnmarshalRing(data)
}

// errNoKeys says what to do without keys. Others than its own open nothing of a store.
func (o *options) errNoKeys() error {
	_, err := os.Stat(o.sqliteFile())
	switch {
	case o.database != "":
		return fmt.Errorf("no keys in %s: copy keys.json, server.pem and server.key from another server of the database, or 'ks-server restore' a backup; 'ks-server init' is for a database that is new", o.dir)
	case err == nil:
		return fmt.Errorf("no keys in %s: put keys.json back, without which %s can't be read, or 'ks-server restore' a backup", o.dir, o.sqliteFile())
	}
	return fmt.Errorf("no keys in %s: run 'ks-server init', or 'ks-server restore' from a backup", o.dir)
}

// errStoreHeld: somebody holds the gate alone; or, for who must be alone, anybody holds it.
var errStoreHeld = errors.New("the store is in use alone: its keys are being rotated, or it is being restored or brought to a newer version; try again when that has ended")

// open opens store and keys, holding the store's gate, so that nobody rotates the
// keys meanwhile; done closes the store.
func (o *options) open(ctx context.Context) (s store.Store, ring *record.Ring, done func() error, err error) {
	return o.openBy(ctx, store.Store.EnterTogether)
}

// openAlone is open while nobody else uses the store, which waits until everybody whose
// hold was lost has stopped.
func (o *options) openAlone(ctx context.Context) (s store.Store, ring *record.Ring, done func() error, err error) {
	if s, ring, done, err = o.openBy(ctx, store.Store.EnterAlone); err != nil {
		return nil, nil, nil, err
	}
	if err := o.hold.Settle(ctx); err != nil {
		return nil, nil, nil, errors.Join(err, done())
	}
	return s, ring, done, nil
}

func (o *options) openBy(ctx context.Context, enter func(store.Store, context.Context) (*store.Hold, error)) (s store.Store, ring *record.Ring, done func() error, err error) {
	// Without keys there is nothing to open, and no store is made.
	if _, err = o.openRing(); err != nil {
		return nil, nil, nil, err
	}
	if s, err = o.openStore(ctx); err != nil {
		return nil, nil, nil, err
	}
	begun, err := keepTimeline(ctx, s)
	if err != nil {
		return nil, nil, nil, errors.Join(err, s.Close())
	}
	if o.hold, err = enter(s, ctx); err != nil {
		if errors.Is(err, store.ErrGateHeld) {
			err = errStoreHeld
		}
		return nil, nil, nil, errors.Join(err, s.Close())
	}
	closed := make(chan struct{})
	done = func() error {
		close(closed)
		return errors.Join(o.hold.Leave(), s.Close())
	}
	if f, ok := s.(*sqlite.Store); ok && o.interrupt != nil {
		go func() {
			select {
			case <-f.Failed(): // closing the store says why
				o.interrupt(f.Failure())
			case <-closed:
			}
		}()
	}
	if ring, err = o.openRing(); err == nil {
		err = o.checkStore(ctx, s, ring)
	}
	if err == nil {
		err = o.followTimeline(ctx, s, ring, begun)
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, done())
	}
	return s, ring, done, nil
}
