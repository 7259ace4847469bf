package rotation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

// Rows read and written at one time: letters are up to a MiB each.
const (
	pageRows   = 500
	fileRows   = 20
	fileTable  = "registration_file"
	maxNamed   = 100 // of what does not open
	tokenTable = "session"
)

func pageOf(t *store.SealedTable) int {
	if t.Name == fileTable {
		return fileRows
	}
	return pageRows
}

// sealing opens and seals the values of tables under a ring.
type sealing struct {
	ring   *record.Ring
	sealer *record.Sealer
	// token is the id under which sessions are sealed.
	token uint32
}

func newSealing(rand io.Reader, ring *record.Ring) (*sealing, error) {
	sealer, err := record.NewSealer(rand)
	if err != nil {
		return nil, err
	}
	_, token, err := ring.TokenKey()
	return &sealing{ring: ring, sealer: sealer, token: token}, err
}

// present is the id under which a table's values are to be sealed.
func (s *sealing) present(t *store.SealedTable) uint32 {
	if t.Name == tokenTable {
		return s.token
	}
	return s.ring.PresentKey()
}

func (s *sealing) key(t *store.SealedTable, salt []byte, id uint32) (record.Key, error) {
	if t.Name == tokenTable {
		return s.ring.SessionKey(id)
	}
	if len(salt) != record.SaltBytes {
		return record.Key{}, errors.New("its salt is missing")
	}
	return s.ring.FamilyKeyOf(id, [record.SaltBytes]byte(salt))
}

// open opens one value.
func (s *sealing) open(t *store.SealedTable, r *row, column int) ([]byte, error) {
	sealed := r.Sealed[column]
	id, err := record.KeyID(sealed)
	if err != nil {
		return nil, err
	}
	key, err := s.key(t, r.Salt, id)
	if err != nil {
		return nil, err
	}
	bind := bindings[t.Name+"."+t.Sealed[column]](r)
	if r.err != nil {
		return nil, r.err
	}
	return s.sealer.Open(nil, key, bind, sealed)
}

// renew seals a row's values anew, and opens each once more to see that it holds the same;
// what does not open keeps none of the others under an old key. done counts them.
func (s *sealing) renew(t *store.SealedTable, r *row) (done int, err error) {
	var last []byte
	for i := range r.Sealed {
		last = nil
		if len(r.Sealed[i]) == 0 {
			continue
		}
		plain, failed := s.open(t, r, i)
		if failed == nil {
			failed = s.seal(t, r, i, plain)
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", t.Sealed[i], failed))
			continue
		}
		last = plain
		done++
	}
	if len(t.Hashes) == 0 {
		return done, err
	}
	if last == nil {
		r.Hashes = make([][]byte, len(t.Hashes))
		return done, err
	}
	var failed error
	if r.Hashes, failed = hashes[t.Name](s.ring, last); failed != nil {
		return 0, errors.Join(err, failed)
	}
	return done, err
}

func (s *sealing) seal(t *store.SealedTable, r *row, column int, plain []byte) error {
	key, err := s.key(t, r.Salt, s.present(t))
	if err != nil {
		return err
	}
	bind := bindings[t.Name+"."+t.Sealed[column]](r)
	before := r.Sealed[column]
	if r.Sealed[column], err = s.sealer.Seal(nil, key, bind, plain); err != nil {
		r.Sealed[column] = before
		return err
	}
	again, err := s.open(t, r, column)
	if err == nil && !bytes.Equal(again, plain) {
		err = errors.New("what was sealed anew is not the same")
	}
	if err != nil {
		r.Sealed[column] = before
	}
	return err
}

// reseal seals a table's rows anew, as far as they are under another key.
func (r *Rotation) reseal(ctx context.Context, s *sealing, t *store.SealedTable) error {
	q := store.SealedQuery{OtherThan: s.present(t), Limit: pageOf(t)}
	return r.eachPage(ctx, t, q, "seal "+t.Name, func(rows []store.SealedRow) error {
		// What does not open, verifying names.
		var renewed []store.SealedRow
		whole := 0
		for i := range rows {
			one := &row{SealedRow: rows[i]}
			done, err := s.renew(t, one)
			if done > 0 {
				renewed = append(renewed, one.SealedRow)
			}
			if err == nil {
				whole++
			}
		}
		if err := r.put(ctx, t, renewed); err != nil {
			return err
		}
		r.outcome.Resealed += whole
		return nil
	})
}

// eachPage calls do with the rows of a table, some at a time, and tells the progress
// of the step.
func (r *Rotation) eachPage(ctx context.Context, t *store.SealedTable, q store.SealedQuery, step string, do func([]store.SealedRow) error) error {
	all, err := r.count(ctx, t, q)
	if err != nil {
		return err
	}
	for done := 0; ; {
		rows, err := r.page(ctx, t, q)
		if err != nil {
			return err
		}
		if err := do(rows); err != nil {
			return err
		}
		done += len(rows)
		if err := r.Progress(step, done, max(all, done)); err != nil {
			return err
		}
		if len(rows) < q.Limit {
			return nil
		}
		q.After = rows[len(rows)-1].Keys
	}
}

func (r *Rotation) count(ctx context.Context, t *store.SealedTable, q store.SealedQuery) (n int, err error) {
	err = r.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		n, err = snap.CountSealed(ctx, t, q)
		return err
	})
	return n, err
}

func (r *Rotation) page(ctx context.Context, t *store.SealedTable, q store.SealedQuery) (rows []store.SealedRow, err error) {
	err = r.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.SealedRows(ctx, t, q)
		return err
	})
	return rows, err
}

// put writes rows, a transaction a village where the engine wants it.
func (r *Rotation) put(ctx context.Context, t *store.SealedTable, rows []store.SealedRow) error {
	for len(rows) > 0 {
		n, village := len(rows), uint32(0)
		if t.InVillage && !r.Store.ManyVillages() {
			first := rows[0].Keys[0]
			for n = 1; n < len(rows) && rows[n].Keys[0] == first; n++ {
			}
			village = uint32(number(value{&row{}, first}))
		}
		batch := rows[:n]
		err := r.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			if village == 0 {
				return tx.Directory().PutSealed(ctx, t, batch)
			}
			return tx.InVillage(ctx, village, func(store.VillageTx) error { return tx.Directory().PutSealed(ctx, t, batch) })
		})
		if err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// leave keeps what was not sealed anew, and why.
func (r *Rotation) leave(t *store.SealedTable, row *store.SealedRow, why error) {
	r.outcome.Left++
	if len(r.outcome.Named) < maxNamed {
		r.outcome.Named = append(r.outcome.Named, fmt.Sprintf("%s %s: %v", t.Name, nameOf(row.Keys), why))
	}
}

func nameOf(keys []any) string {
	var b bytes.Buffer
	for i, k := range keys {
		if i > 0 {
			b.WriteByte('/')
		}
		if raw, ok := k.([]byte); ok {
			fmt.Fprintf(&b, "%x", raw)
			continue
		}
		fmt.Fprint(&b, k)
	}
	return b.String()
}
