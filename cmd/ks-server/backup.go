package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// Names inside a backup.
const (
	backupStore = "server.db"
	backupSum   = "server.db.sha256.age" // of backupStore, sealed
	backupKeys  = "keys.age"
	backupCert  = "server.pem"
	backupKey   = "server.key.age"
)

// readLine reads the line of standard input that holds a secret.
func readLine(in io.Reader) (string, error) { return newAsked(in, io.Discard).line("") }

func readPassphrase(in io.Reader) (string, error) {
	line, err := readLine(in)
	if err != nil {
		return "", err
	}
	if len(line) < minPassphrase {
		return "", misused("the passphrase on standard input must have at least %d characters", minPassphrase)
	}
	return line, nil
}

// minPassphrase guards keys that are kept with the backup.
const minPassphrase = 12

// How the user of a PostgreSQL database, who is no superuser, dumps and loads it. Row-level
// security hides families from the owner of the tables too; the operators' role has a policy
// of its own.
const (
	dumpDatabase = "pg_dump --role=" + postgres.OperatorRole + " --enable-row-security --format=custom --file=ks.dump --dbname=ks"
	loadDatabase = "pg_restore --exit-on-error --dbname=ks ks.dump"
)

func backupCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the embedded store, certificate and keys to a file, keys under a passphrase (standard input)",
		Long: `backup writes one file with the embedded store as of now (the server may go on),
the certificate, and the keys under a passphrase read from standard input. With
PostgreSQL use its own tools for the store; this command then writes keys and
certificate only. Base backups need nothing of ours. The database's user dumps by

  ` + dumpDatabase + `

and loads into an empty database, which the same user owns, by

  ` + loadDatabase + `

Without --role pg_dump stops at row-level security, and leaves a part of a file.
Never lift it for that (NO FORCE ROW LEVEL SECURITY), and never give
--enable-row-security alone: a user that does not inherit the role (NOINHERIT) sees
no family then. A superuser needs neither.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			removed, err := o.sweepCopies(cmd.Context())
			for _, dir := range removed {
				fmt.Fprintln(cmd.ErrOrStderr(), "removed what a killed backup left:", dir)
			}
			if err != nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", err)
			}
			return runBackup(cmd.Context(), o, args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

func runBackup(ctx context.Context, o *options, path string, in io.Reader, out io.Writer) error {
	passphrase, err := readPassphrase(in)
	if err != nil {
		return err
	}
	var closed error
	whole := false
	// The first entry comes before anything leaves the store: the backup holds it, too.
	err = o.recordedApart(ctx, operate("backup"), func() (err error) {
		err = lasting.WriteNew(path, func(f *os.File) (err error) {
			closed, err = o.writeBackup(ctx, f, passphrase)
			return err
		})
		whole = err == nil
		return err
	})
	if whole {
		fmt.Fprintf(out, "backup written to %s\n", path)
	}
	return errors.Join(err, closed)
}

// writeBackup writes the archive, whole where err is nil; closed is how the store was closed,
// and its copy removed, then.
func (o *options) writeBackup(ctx context.Context, to io.Writer, passphrase string) (closed, err error) {
	var copies string // the folder of the copy
	if o.database == "" {
		dir, remove, err := makeCopyFolder(ctx, o.sqliteFile())
		if err != nil {
			return nil, err
		}
		copies = dir
		defer func() { closed = errors.Join(closed, remove()) }()
	}
	archive := tar.NewWriter(to)
	if o.database == "" {
		// Store and keys must fit each other: nobody rotates keys between the two.
		s, _, done, err := o.open(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { closed = done() }()
		sum, err := addStore(ctx, copies, s, archive)
		if err != nil {
			return nil, err
		}
		if err := addSealed(ctx, archive, backupSum, sum, passphrase); err != nil {
			return nil, err
		}
	}
	for _, f := range []struct{ path, name string }{{o.keys(), backupKeys}, {o.privateKey(), backupKey}} {
		data, err := os.ReadFile(f.path)
		if err != nil {
			return nil, err
		}
		if err := addSealed(ctx, archive, f.name, data, passphrase); err != nil {
			return nil, err
		}
	}
	cert, err := os.ReadFile(o.certificate())
	if err != nil {
		return nil, err
	}
	if err := addBytes(archive, backupCert, cert); err != nil {
		return nil, err
	}
	return nil, archive.Close()
}

// passphraseWork is what a try of a backup's passphrase costs. Tests, which make dozens of
// backups, lower it.
var passphraseWork = record.PassphraseWork

func addSealed(ctx context.Context, archive *tar.Writer, name string, data []byte, passphrase string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var sealed bytes.Buffer
	if err := record.Protect(&sealed, passphrase, passphraseWork, data); err != nil {
		return err
	}
	return addBytes(archive, name, sealed.Bytes())
}

func addBytes(archive *tar.Writer, name string, data []byte) error {
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(data)), ModTime: time.Now()}); err != nil {
		return err
	}
	_, err := archive.Write(data)
	return err
}

// addStore copies the embedded store into a folder by SQLite itself, beside its writers, and
// gives its SHA-256.
func addStore(ctx context.Context, dir string, s store.Store, archive *tar.Writer) (sum []byte, err error) {
	embedded, ok := s.(*sqlite.Store)
	if !ok {
		return nil, errors.New("the store is not the embedded one")
	}
	copied := filepath.Join(dir, backupStore)
	if _, err := embedded.DB().ExecContext(ctx, `VACUUM INTO ?`, copied); err != nil {
		return nil, fmt.Errorf("copy store: %w", err)
	}
	f, err := os.Open(copied)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := archive.WriteHeader(&tar.Header{Name: backupStore, Mode: 0o600, Size: info.Size(), ModTime: time.Now()}); err != nil {
		return nil, err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(archive, hash), interrupted{ctx, f})
	return hash.Sum(nil), err
}

// interrupted reads until a context ends: a command has to end soon then.
type interrupted struct {
	ctx context.Context
	io.Reader
}

func (r interrupted) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.Reader.Read(p)
}
