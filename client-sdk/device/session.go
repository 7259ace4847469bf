package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ErrReincarnated ends a session whose database turned out to be a copy: it has
// a new incarnation now, and the next session goes on.
var ErrReincarnated = errors.New("database was a copy; it took a new incarnation")

// Link sends to the server; the driver never waits for an answer in it.
type Link interface {
	// Send sends a message as it is.
	Send(*ksv1.SyncRequest) error
	// SendUpload compresses the page into a chunk of the number and sends it.
	SendUpload(number uint64, page *ksv1.UploadPage) error
}

// Progress is how far a session is, in records and honest: totals that are not
// known yet are 0.
type Progress struct {
	// Sent and Pending are changes with a receipt and changes to be sent in all.
	Sent, Pending int
	// Received and Expected are families stored, and families that the server
	// announced.
	Received, Expected int
	// Refused and Quarantined are receipts of this session.
	Refused, Quarantined int
	// Repaired are RT whose digests differed and that were fetched anew.
	Repaired int
}

// Session drives the device's machine: it carries out each effect on the store
// and the link. It is not safe for concurrent use.
type Session struct {
	store   *Store
	machine *syncing.Device
	link    Link
	// Progress is kept up to date between calls.
	Progress Progress
	// Differing is what still differed after a repair; nil: all digests are
	// equal.
	Differing *ksv1.SyncRepair
	finished  bool
	page      *Page // of the message that is being received
}

// Offer is how a device says that it can compress: by what it can do, best
// first, and where it knows what the server chooses, by what it uses at once.
type Offer struct {
	Compressions []ksv1.Compression
	Upload       ksv1.Compression
	// ChunkBytes bounds a chunk, before compression, below the protocol's bound; 0:
	// the protocol's. What a broken link wastes is at most a chunk on its way.
	ChunkBytes int
}

// StartSession reads what the device holds and sends the opening message, and
// unsent work behind it where the offer names the compression of uploads.
func StartSession(ctx context.Context, store *Store, link Link, sdkVersion string, offer Offer) (*Session, error) {
	open, err := store.openSession(ctx, sdkVersion)
	if err != nil {
		return nil, err
	}
	open.Compressions, open.UploadCompression = offer.Compressions, offer.Upload
	machine, first := syncing.OpenDevice(open, offer.ChunkBytes)
	s := &Session{store: store, machine: machine, link: link, Progress: Progress{Pending: int(open.PendingChanges)}}
	return s, s.carryOut(ctx, first)
}

// Finished tells whether everything went both ways and digests were compared.
func (s *Session) Finished() bool { return s.finished }

// Receive takes a message from the server and does all that follows from it.
// Errors: ErrReincarnated, syncing.ErrProtocol, and those of store and link.
// page is the content of a download chunk; nil for other messages.
func (s *Session) Receive(ctx context.Context, response *ksv1.SyncResponse, page *Page) error {
	received := syncing.ResponseReceived{Response: response}
	if page != nil {
		received.Page = page.FeedPage
	}
	s.page = page
	effects, err := s.machine.Handle(received)
	if err != nil {
		return err
	}
	return s.carryOut(ctx, effects)
}

// carryOut does what the machine asks for, and what follows from that.
func (s *Session) carryOut(ctx context.Context, effects []syncing.DeviceEffect) error {
	for len(effects) > 0 {
		event, err := s.do(ctx, effects[0])
		if err != nil {
			return err
		}
		effects = effects[1:]
		if event == nil {
			continue
		}
		more, err := s.machine.Handle(event)
		if err != nil {
			return err
		}
		effects = append(effects, more...)
	}
	return nil
}

// do carries out one effect; what it tells in return, if anything, is an event.
func (s *Session) do(ctx context.Context, effect syncing.DeviceEffect) (syncing.DeviceEvent, error) {
	switch e := effect.(type) {
	case syncing.SendRequest:
		return nil, s.link.Send(e.Request)
	case syncing.SendUpload:
		return nil, s.link.SendUpload(e.Number, e.Page)
	case syncing.ReadPending:
		page, err := s.store.readPending(ctx, e.MaxBytes)
		return syncing.PendingRead{Page: page}, err
	case syncing.StoreWelcome:
		s.Progress.Expected = int(e.Welcome.GetDownloadFamilies())
		return nil, s.store.storeWelcome(ctx, e.Welcome)
	case syncing.Reincarnate:
		if err := s.store.reincarnate(ctx); err != nil {
			return nil, err
		}
		return nil, ErrReincarnated
	case syncing.StoreReceipts:
		err := s.store.storeReceipts(ctx, e.Page, e.Ack)
		if err == nil {
			s.count(e.Ack)
		}
		return nil, err
	case syncing.StorePage:
		if !comesAgain(e.Page) {
			s.Progress.Received += len(e.Page.GetFamilies())
		}
		return syncing.PageStored{Number: e.Number}, s.store.storePage(ctx, s.page)
	case syncing.CompareDigests:
		differing, err := s.store.compareDigests(ctx, e.Digests)
		for _, v := range differing.GetVillages() {
			s.Progress.Repaired += len(v.GetPlaces())
		}
		return syncing.DigestsCompared{Differing: differing}, err
	case syncing.ReportDifference:
		s.Differing = e.Differing
		return nil, nil
	case syncing.Finish:
		s.finished = true
		return nil, s.store.finishSession(ctx)
	default:
		return nil, fmt.Errorf("unknown effect %T", effect)
	}
}

// comesAgain tells whether a page is one ahead of the feed, whose families are counted
// when they come in their place.
func comesAgain(page *ksv1.FeedPage) bool {
	return page.GetCursor() == nil && page.GetBackfill() == nil && page.GetRepair() == nil
}

func (s *Session) count(ack *ksv1.SyncUploadAck) {
	for _, r := range ack.GetReceipts() {
		switch r.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD:
			continue
		case ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
			s.Progress.Refused++
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
			s.Progress.Quarantined++
		}
		s.Progress.Sent++
	}
}

func (s *Store) finishSession(ctx context.Context) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		s.identity.lastSyncMS = s.nowMS()
		// What was unsent in villages taken away is safe now.
		return s.finishLeaving(ctx, tx)
	})
	if err == nil {
		s.storeMark()
	}
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

// villageScope reads what the server told of a village.
func (s *Store) villageScope(ctx context.Context, q querier, village uint32) (*ksv1.VillageScope, error) {
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT scope FROM village WHERE number = ?`, village).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("village %d: %w", village, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read scope: %w", err)
	}
	plain, err := s.vault.open(tableVillage, villageID(village), sealed)
	if err != nil {
		return nil, fmt.Errorf("open scope of village %d: %w", village, err)
	}
	scope := &ksv1.VillageScope{}
	if err := proto.Unmarshal(plain, scope); err != nil {
		return nil, fmt.Errorf("decode scope of village %d: %w", village, err)
	}
	return scope, nil
}

// Village is a village in scope, not to be altered. Errors: ErrNotFound for any
// other.
func (s *Store) Village(ctx context.Context, number uint32) (*ksv1.VillageScope, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.scopes[number]; known != nil {
		return known, nil
	}
	var one int
	err := s.db.QueryRowContext(ctx, `SELECT 1 FROM village WHERE number = ? AND in_scope = 1`, number).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("village %d: %w", number, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read village: %w", err)
	}
	scope, err := s.villageScope(ctx, s.db, number)
	if err == nil {
		s.scopes[number] = scope
	}
	return scope, err
}

// Villages are the villages in scope, ascending by number.
func (s *Store) Villages(ctx context.Context) ([]*ksv1.VillageScope, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := s.db.QueryContext(ctx, `SELECT number FROM village WHERE in_scope = 1 ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read villages: %w", err)
	}
	var numbers []uint32
	for rows.Next() {
		var n uint32
		if err := rows.Scan(&n); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		numbers = append(numbers, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	out := make([]*ksv1.VillageScope, len(numbers))
	for i, n := range numbers {
		if out[i], err = s.villageScope(ctx, s.db, n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compareDigests compares what the server told with the confirmed states as
// they lie on disk: each is read, opened and hashed anew, so that this proves
// the file and not a figure kept beside it.
func (s *Store) compareDigests(ctx context.Context, d *ksv1.SyncDigests) (*ksv1.SyncRepair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repair := &ksv1.SyncRepair{}
	for _, v := range d.GetVillages() {
		cursor, err := s.cursorOf(ctx, s.db, v.GetVillage())
		if err != nil {
			return nil, err
		}
		if cursor != v.GetRevision() {
			// Digests of a revision that was not reached prove nothing.
			continue
		}
		mine, err := s.digestSums(ctx, v.GetVillage())
		if err != nil {
			return nil, err
		}
		if places := differingPlaces(mine, v.GetPlaces()); len(places) > 0 {
			repair.Villages = append(repair.Villages, &ksv1.VillagePlaces{Village: v.GetVillage(), Places: places})
		}
	}
	return repair, nil
}

type placeSum struct {
	sum      merge.Digest
	families uint64
}

func differingPlaces(mine map[string]placeSum, theirs []*ksv1.PlaceDigest) []string {
	var out []string
	for _, p := range theirs {
		m := mine[p.GetPlace()]
		delete(mine, p.GetPlace())
		if m.families != p.GetFamilies() || string(m.sum[:]) != string(p.GetSum()) {
			out = append(out, p.GetPlace())
		}
	}
	for place := range mine {
		out = append(out, place)
	}
	return out
}

// digestSums adds up by RT what is confirmed and not on its way out. The digests
// are those that were sealed with the states: computing all anew would make each
// sync cost what the device holds.
func (s *Store) digestSums(ctx context.Context, village uint32) (map[string]placeSum, error) {
	sums := map[area.Place]placeSum{}
	err := eachRow(ctx, s.db, `SELECT family_id, place FROM confirmed WHERE village = ? AND leaving = 0`, []any{village}, func(rows *sql.Rows) error {
		var id []byte
		var place area.Place
		if err := rows.Scan(&id, &place); err != nil {
			return err
		}
		p := sums[place]
		p.families++
		if known := s.index.families[toID(id)]; known != nil {
			p.sum = p.sum.Add(known.digest)
		}
		sums[place] = p
		return nil
	})
	out := make(map[string]placeSum, len(sums))
	for place, sum := range sums {
		out[place.String()] = sum
	}
	return out, err
}

// reincarnate draws a new incarnation for a database that is a copy, and
// renumbers what is unsent: ids of changes and of what they created, links,
// stamps and contexts. What the server has ever acked, or may have got by a file,
// keeps its names, also where it is offered again.
func (s *Store) reincarnate(ctx context.Context) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := s.drawIncarnation(); err != nil {
			return err
		}
		pending, err := s.changes(ctx, tx, `WHERE status = 0 AND acked_ms = 0 AND copied = 0 ORDER BY seq`)
		if err != nil {
			return err
		}
		if err := s.renumber(ctx, tx, pending); err != nil {
			return err
		}
		if err := s.renumberSubmissions(ctx, tx); err != nil {
			return err
		}
		if err := s.renumberDecisions(ctx, tx); err != nil {
			return err
		}
		return s.rechain(ctx, tx)
	})
	if err == nil {
		s.storeMark()
	}
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

func (s *Store) renumber(ctx context.Context, tx *sql.Tx, pending []row) error {
	known, err := s.knownIDs(ctx, tx)
	if err != nil {
		return err
	}
	changes := make([]*ksv1.Change, len(pending))
	touched := map[merge.ID]bool{}
	for i := range pending {
		changes[i] = pending[i].change
		touched[toID(changes[i].GetFamilyId())] = true
	}
	created := func(id merge.ID) bool { return !known[id] }
	if err := merge.Renumber(changes, s.identity.device, s.identity.incarnation, created); err != nil {
		return fmt.Errorf("renumber: %w", err)
	}
	if s.forkedFormer != 0 {
		// No grant names the new numbers: a supervisor decides which of the two goes on.
		if err := merge.Renumber(changes, s.forkedFormer, s.identity.incarnation, created); err != nil {
			return fmt.Errorf("renumber: %w", err)
		}
	}
	for i, c := range changes {
		touched[toID(c.GetFamilyId())] = true
		if err := s.rewriteChange(ctx, tx, pending[i].seq, c); err != nil {
			return err
		}
		// A receipt is about the change of the old id, and sealed as its.
		if _, err := tx.ExecContext(ctx, `UPDATE change SET receipt = NULL WHERE seq = ?`, pending[i].seq); err != nil {
			return fmt.Errorf("forget receipt: %w", err)
		}
	}
	for id := range touched {
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// knownIDs are the ids of families, members, rounds and visits that confirmed
// states hold or that own work has named which the server has acked or may have got by
// a file.
func (s *Store) knownIDs(ctx context.Context, tx *sql.Tx) (map[merge.ID]bool, error) {
	known := map[merge.ID]bool{}
	add := func(state *merge.State) {
		known[state.Family] = true
		for i := range state.Records {
			known[state.Records[i].Key.Record] = true
			known[state.Records[i].Key.Member] = true
		}
	}
	ids, err := collectIDs(ctx, tx, `SELECT family_id FROM confirmed`)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		f := &Family{ID: id}
		if _, err := s.readConfirmed(ctx, tx, f); err != nil {
			return nil, err
		}
		add(&f.State)
	}
	acked, err := s.changes(ctx, tx, `WHERE acked_ms > 0 OR copied = 1`)
	if err != nil {
		return nil, err
	}
	for _, r := range acked {
		known[toID(r.change.GetId())] = true
		delta, err := merge.FromChange(r.change)
		if err != nil {
			return nil, err
		}
		add(&delta)
	}
	return known, nil
}

// renumberSubmissions gives unsent submissions new ids, and renames the families that
// they list. One that went into a file keeps its own, as the families in it do.
func (s *Store) renumberSubmissions(ctx context.Context, tx *sql.Tx) error {
	known, err := s.knownIDs(ctx, tx)
	if err != nil {
		return err
	}
	ids, err := collectIDs(ctx, tx, `SELECT id FROM submission WHERE status = 0 AND copied = 0`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		b, err := s.submission(ctx, tx, id)
		if err != nil {
			return err
		}
		for i, f := range b.FamilyIds {
			b.FamilyIds[i] = s.renamed(toID(f), known)
		}
		if err := s.replaceSubmission(ctx, tx, id, b); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) renamed(id merge.ID, known map[merge.ID]bool) []byte {
	device, _, counter, ok := id.Source()
	if ok && (device == s.identity.device || device == s.forkedFormer) && !known[id] {
		id = merge.NewID(device, s.identity.incarnation, counter)
	}
	return id[:]
}

func (s *Store) replaceSubmission(ctx context.Context, tx *sql.Tx, old merge.ID, b *ksv1.BatchSubmission) error {
	b.Id = s.renamed(old, nil)
	plain, err := proto.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode submission: %w", err)
	}
	sealed, escrow, err := s.vault.sealTwice(tableSubmission, toID(b.Id), plain)
	if err != nil {
		return err
	}
	// What the server told of it is about the old id, and sealed as its.
	_, err = tx.ExecContext(ctx, `UPDATE submission SET id = ?, payload = ?, batch = NULL, escrow_id = ?, escrow = ? WHERE id = ?`,
		b.Id, sealed, nullID(s.escrowID, escrow != nil), escrow, old[:])
	if err != nil {
		return fmt.Errorf("store submission: %w", err)
	}
	return nil
}
