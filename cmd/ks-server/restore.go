package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

func restoreCommand(o *options) *cobra.Command {
	var lines string
	c := &cobra.Command{
		Use:   "restore FILE --dir NEWDIR",
		Short: "Restore a backup into an empty folder, verify it, and begin a new epoch",
		Long: `restore unpacks a backup into an empty folder, opens the keys with the passphrase
from standard input, recomputes everything and compares, and begins a new epoch:
devices then notice by themselves that the server went back, and offer again
what they had sent since. Who was erased, restricted or no longer so, disabled, and
which devices were revoked after the backup was made, is so again by the ledger
(--erasures, erasures.jsonl of the old folder; where several servers shared a
database, those of all their folders put together), which is kept on. Whatever else
was decided about accounts is as in the backup: restore tells what to do again.
A database in PostgreSQL is put back first, by its own means, with
every server on it stopped; a standby that was promoted needs no restore, for servers
begin a new epoch by themselves then. A rotation of keys of which the database has not seen the
end goes on. Families that were damaged when the backup was made are made
anew from their history, and told.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRestore(cmd.Context(), o, args[0], lines, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&lines, "erasures", "", "ledger `file` of who was erased, restricted, disabled or revoked; empty: nobody was since the backup")
	return c
}

func runRestore(ctx context.Context, o *options, path, lines string, in io.Reader, out io.Writer) (err error) {
	passphrase, err := readPassphrase(in)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(o.dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty; restore into a new folder, nothing was changed", o.dir)
	}
	if err := checkReplaceable(filepath.Clean(o.dir)); err != nil {
		return err
	}
	// All is done beside the folder and moved in at the end: what goes wrong
	// leaves nothing behind.
	stage := &options{dir: filepath.Clean(o.dir) + ".restoring", database: o.database}
	if err := os.Mkdir(stage.dir, 0o700); err != nil {
		return fmt.Errorf("%w: another restore is under way, or was interrupted; remove the folder and try again", err)
	}
	var given *record.Ring // nil: not unpacked yet
	defer func() { err = errors.Join(err, stage.discard(given)) }()
	if err := lasting.GiveFolder(stage.dir, o.dir); err != nil {
		return err
	}
	if err := unpack(stage, path, passphrase); err != nil {
		return err
	}
	if given, err = stage.openRing(); err != nil {
		return err
	}
	found, erased, err := renew(ctx, stage, lines, out)
	if err != nil {
		return err
	}
	if err := os.Remove(o.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(stage.dir, o.dir); err != nil {
		return err
	}
	if err := lasting.SyncFolder(filepath.Dir(absolute(o.dir))); err != nil {
		return err
	}
	fmt.Fprintf(out, "restored %d families and %d changes, all verified; a new epoch has begun\n", found.Families, found.Changes)
	if erased != nil {
		tellReapplied(erased, out)
	} else {
		fmt.Fprintln(out, "without a ledger (--erasures): who was erased or restricted, no longer restricted, disabled, and which devices were revoked after the backup, is so no more; do it again")
	}
	fmt.Fprintln(out, "in no ledger, and as in the backup: passwords, codes, roles, areas, acting supervisors, accounts that were enabled, sessions and feed tokens that were ended; look through accounts, and do it again")
	return nil
}

// discard removes the folder of a restore that failed; not if it holds keys that the backup
// does not, which nobody else has.
func (o *options) discard(given *record.Ring) error {
	if given == nil {
		return os.RemoveAll(o.dir)
	}
	data, err := os.ReadFile(o.keys())
	if errors.Is(err, fs.ErrNotExist) { // it was moved in
		return os.RemoveAll(o.dir)
	}
	ring, err2 := record.UnmarshalRing(data)
	if err = errors.Join(err, err2); err == nil && given.Holds(ring) {
		return os.RemoveAll(o.dir)
	}
	return errors.Join(err, fmt.Errorf("%s is kept: its keys.json holds keys that the backup does not, and the database may be under them; put it in a safe place first", o.dir))
}

func tellReapplied(r *person.Reapplied, out io.Writer) {
	passed := 0
	for _, l := range r.Passed {
		if l.Deed == ledger.Erase {
			passed++
		}
	}
	fmt.Fprintf(out, "%d erasures of the ledger were carried out again; of %d the backup has nothing, and a mark keeps out what devices offer of them; %d were in the backup as erased\n",
		r.Erased, r.Marked, r.Lines-r.Erased-r.Marked-passed)
	fmt.Fprintf(out, "by the ledger %d families were restricted again and %d no longer, %d accounts disabled, %d devices revoked\n",
		r.Again[ledger.Restrict], r.Again[ledger.Lift], r.Again[ledger.Disable], r.Again[ledger.Revoke])
	for _, l := range r.Passed {
		switch l.Deed {
		case ledger.Erase:
			fmt.Fprintf(out, "PASSED OVER: the erasure in family %s: its village %s is not in the backup; erase again when devices have brought it\n", l.Family, l.Code)
		case ledger.Restrict:
			fmt.Fprintf(out, "PASSED OVER: the restriction of family %s of village %s, which is not in the backup; restrict it again when devices have brought it\n", l.Restricted, l.Code)
		case ledger.Disable:
			fmt.Fprintf(out, "PASSED OVER: the disabling of account %d: it is not in the backup\n", l.Account)
		case ledger.Revoke:
			fmt.Fprintf(out, "PASSED OVER: the revocation of device %d: it is not in the backup\n", l.Device)
		}
	}
	if r.Torn > 0 {
		fmt.Fprintf(out, "PASSED OVER: line %d of the ledger, which was cut short as it was written; what it tells was not carried out then\n", r.Torn)
	}
}

// checkReplaceable finds, before hours of work, whether another folder can be put in the place
// of one, as at the end of a restore.
func checkReplaceable(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	aside := dir + ".replaceable"
	if err := os.Rename(dir, aside); err != nil {
		return fmt.Errorf("the folder can't be replaced by what is restored: %w; where it is a mount point, or the folder that you work in, give a new folder in it; nothing was changed", err)
	}
	return os.Rename(aside, dir)
}

// renew verifies an unpacked store, mends it, and begins its new epoch.
func renew(ctx context.Context, o *options, lines string, out io.Writer) (found *server.Verified, erased *person.Reapplied, err error) {
	// A server on a database that went back remembers what is not there any more.
	s, ring, done, err := o.openAlone(ctx)
	if errors.Is(err, rotation.ErrUnfinished) {
		fmt.Fprintln(out, "the database is as of before the end of a rotation of keys")
		if err = runRotate(ctx, o, rotateAsked{finish: true}, out, io.Discard); err == nil {
			s, ring, done, err = o.openAlone(ctx)
		}
	}
	if errors.Is(err, errStoreHeld) {
		return nil, nil, errors.New("a server or another command uses this database; stop it and try again, nothing was changed")
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if lines != "" {
		if erased, err = o.reapply(ctx, s, ring, lines); err != nil {
			return nil, nil, err
		}
	}
	if found, err = mended(ctx, s, ring, out); err != nil {
		return nil, nil, err
	}
	if len(found.Differences) > 0 {
		return nil, nil, fmt.Errorf("the restored store differs from recompute: %s", found.Differences[0])
	}
	err = s.Write(ctx, func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, rand.Reader) })
	if err != nil {
		return nil, nil, err
	}
	return found, erased, o.recordOperation(ctx, s, ring, operate("restore"))
}

// mended verifies a store. Where it differs, families that do not open are made anew, and it
// is verified again.
func mended(ctx context.Context, s store.Store, ring *record.Ring, out io.Writer) (*server.Verified, error) {
	found, err := server.Verify(ctx, s, ring, nil)
	if err != nil || len(found.Differences) == 0 {
		return found, err
	}
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}
	done, err := server.Mend(ctx, core)
	if err != nil {
		return nil, err
	}
	if done.Mended == 0 {
		return found, nil
	}
	fmt.Fprintf(out, "%d families were damaged when the backup was made, and are made anew from their history\n", done.Mended)
	return server.Verify(ctx, s, ring, nil)
}

// reapply carries out again what the ledger says, and keeps the ledger on.
func (o *options) reapply(ctx context.Context, s store.Store, ring *record.Ring, path string) (*person.Reapplied, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := lasting.WriteFile(o.ledger(), data, keysMode); err != nil {
		return nil, err
	}
	done, err := o.personService(s, ring).Reapply(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return done, nil
}

func unpack(o *options, path, passphrase string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	missing := map[string]bool{backupCert: true, backupKeys: true, backupKey: true}
	if o.database == "" {
		missing[backupStore], missing[backupSum] = true, true
	}
	parts := unpacking{options: o, passphrase: passphrase}
	for archive := tar.NewReader(file); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: no backup, or a damaged one: %w", path, err)
		}
		if err := parts.unpack(h.Name, archive); err != nil {
			return fmt.Errorf("%s: %s: %w", path, h.Name, err)
		}
		delete(missing, h.Name)
	}
	for name := range missing {
		return fmt.Errorf("%s: no whole backup: %s is missing", path, name)
	}
	if !bytes.Equal(parts.sum, parts.wantSum) {
		return fmt.Errorf("%s: %s is damaged: its checksum is not the one that the backup was written with", path, backupStore)
	}
	if err := checkPair(o); err != nil {
		return fmt.Errorf("%s: %s is damaged: %w", path, backupCert, err)
	}
	return nil
}

// checkPair tells whether certificate and key are read and belong together, and whether a
// certificate that signed itself is as it was signed: it is in a backup in the clear.
func checkPair(o *options) error {
	pair, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err == nil && bytes.Equal(cert.RawIssuer, cert.RawSubject) && (len(cert.AuthorityKeyId) == 0 || bytes.Equal(cert.AuthorityKeyId, cert.SubjectKeyId)) {
		err = cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	}
	return err
}

// unpacking is a backup on its way out.
type unpacking struct {
	*options
	passphrase   string
	sum, wantSum []byte // SHA-256 of the store, as found and as written
}

func (o *unpacking) unpack(name string, in io.Reader) error {
	switch name {
	case backupStore:
		hash := sha256.New()
		err := writeFile(o.sqliteFile(), io.TeeReader(in, hash), 0o600)
		o.sum = hash.Sum(nil)
		return err
	case backupSum:
		sum, err := record.Unprotect(in, o.passphrase)
		o.wantSum = sum
		return err
	case backupCert:
		return writeFile(o.certificate(), in, certificateMode)
	case backupKeys, backupKey:
		plain, err := record.Unprotect(in, o.passphrase)
		if err != nil {
			return err
		}
		target := o.keys()
		if name == backupKey {
			target = o.privateKey()
		}
		return lasting.WriteFile(target, plain, keysMode)
	}
	return errors.New("unknown part of a backup; it may be of a newer version")
}

func writeFile(path string, in io.Reader, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	return errors.Join(err, lasting.GiveToFolder(f), f.Sync(), f.Close())
}
