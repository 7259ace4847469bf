package syncing

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ServerEvent is something that happened to the server's session.
type ServerEvent interface{ serverEvent() }

// PageReader decodes an upload chunk's content.
type PageReader func() (*ksv1.UploadPage, error)

// Events of the server's machine.
type (
	// RequestReceived: a message came; Page decodes the content of its upload
	// chunk, nil for other messages. The machine only hands it on: a decoded
	// chunk takes fifty times its bytes, so that is left to when its turn comes.
	RequestReceived struct {
		Request *ksv1.SyncRequest
		Page    PageReader
	}
	// SessionOpened answers OpenSession.
	SessionOpened struct {
		Welcome *ksv1.SyncWelcome
		// Villages are what the device is to be brought, ascending by number.
		Villages []VillagePlan
		// NoticesAfter is the last decision that the device holds.
		NoticesAfter uint64
	}
	// ChunkCommitted answers CommitChunk: every receipt is durable.
	ChunkCommitted struct{ Ack *ksv1.SyncUploadAck }
	// FeedRead answers ReadFeed.
	FeedRead struct {
		// Page is what was read; nil where there was nothing and no cursor has
		// moved.
		Page *ksv1.FeedPage
		// More says that the same kind of read, from where Page ends, may bring
		// more.
		More bool
		// Digests of the village at the revision that Page's cursor names (or
		// that the read began at, without a page): with FeedTail, when More is
		// false.
		Digests *ksv1.VillageDigests
	}
)

func (RequestReceived) serverEvent() {}
func (SessionOpened) serverEvent()   {}
func (ChunkCommitted) serverEvent()  {}
func (FeedRead) serverEvent()        {}

// ServerEffect is something that the server's driver is to do.
type ServerEffect interface{ serverEffect() }

// Effects of the server's machine.
type (
	// OpenSession: look at what the device holds; then tell SessionOpened.
	OpenSession struct{ Open *ksv1.SyncOpen }
	// SendResponse: send the message.
	SendResponse struct{ Response *ksv1.SyncResponse }
	// SendDownload: compress the page into a chunk of this number and send it.
	SendDownload struct {
		Number uint64
		Page   *ksv1.FeedPage
	}
	// CommitChunk: commit the changes; then tell ChunkCommitted. Several may be
	// under way.
	CommitChunk struct {
		Number uint64
		Page   PageReader
	}
	// ReadFeed: read up to MaxBytes and PageFamilies on one snapshot; then tell
	// FeedRead. One is under way at a time.
	ReadFeed struct {
		Task     FeedTask
		MaxBytes int
	}
	// Close: everything was said; end the stream without an error once the
	// device has closed its half.
	Close struct{}
)

func (OpenSession) serverEffect()  {}
func (SendResponse) serverEffect() {}
func (SendDownload) serverEffect() {}
func (CommitChunk) serverEffect()  {}
func (ReadFeed) serverEffect()     {}
func (Close) serverEffect()        {}

// VillagePlan is what a device is to be brought of one village.
type VillagePlan struct {
	Village uint32
	// After is the revision that the main feed goes on from. For a village new
	// to the device it is the revision at opening: the back-fill brings what is
	// older.
	After uint64
	// Backfills are the RT (or "*") that the device does not hold yet, with the
	// last family that came.
	Backfills []*ksv1.BackfillCursor
	// New asks for a page that carries the cursor even when nothing lies past
	// it, so that the device remembers where the village's feed began for it.
	New bool
}

// FeedKind is what a feed task reads.
type FeedKind int

// Kinds of feed tasks. A session does them in their order, but for villages that are
// new to the device: their main feed begins first.
const (
	// FeedReturned: a page of families that were returned and that the device has not
	// got, ahead of where the feed brings them, for a link that may break soon. It moves
	// no cursor: what it brings comes once more in its place, and is joined without
	// effect.
	FeedReturned FeedKind = iota
	// FeedMain: families of the scope and departures past a revision.
	FeedMain
	// FeedBackfill: current states of an RT, by family id.
	FeedBackfill
	// FeedNotices: decisions on the user's own work.
	FeedNotices
	// FeedRepair: as FeedBackfill, for RT whose digests differ.
	FeedRepair
	// FeedTail: as FeedMain, and where nothing more lies past the page, the
	// digests on the same snapshot.
	FeedTail
)

// FeedTask is one read.
type FeedTask struct {
	Kind    FeedKind
	Village uint32
	// After is the revision already sent; with FeedMain, FeedTail, FeedNotices.
	After uint64
	// Place and AfterFamily say where a back-fill or repair goes on.
	Place       string
	AfterFamily []byte
	// Announce asks for a page even when it is empty, for its cursor.
	Announce bool
	// Missing are the RT that are still to be back-filled; with FeedReturned.
	Missing []*ksv1.BackfillCursor
}

// Server is the server's end of one session.
type Server struct {
	opened     bool
	forked     bool
	window     window
	nextChunk  uint64
	committing map[uint64]bool
	lastUpload uint64
	uploadDone bool
	reading    bool
	tasks      []FeedTask
	// revisions are the cursors as sent, by village, for tails.
	revisions map[uint32]uint64
	villages  []uint32
	digests   *ksv1.SyncDigests
	tailed    bool
}

// NewServer starts a session.
func NewServer() *Server {
	return &Server{committing: map[uint64]bool{}, revisions: map[uint32]uint64{}}
}

// Handle takes one event. Errors: ErrProtocol.
func (s *Server) Handle(event ServerEvent) ([]ServerEffect, error) {
	switch e := event.(type) {
	case RequestReceived:
		return s.received(e)
	case SessionOpened:
		return s.sessionOpened(e), nil
	case ChunkCommitted:
		if !s.committing[e.Ack.GetNumber()] {
			return nil, fmt.Errorf("%w: commit of unknown chunk %d", ErrProtocol, e.Ack.GetNumber())
		}
		delete(s.committing, e.Ack.GetNumber())
		effects := []ServerEffect{SendResponse{&ksv1.SyncResponse{Message: &ksv1.SyncResponse_UploadAck{UploadAck: e.Ack}}}}
		return append(effects, s.pump()...), nil
	case FeedRead:
		return s.feedRead(e), nil
	default:
		return nil, fmt.Errorf("%w: unknown event %T", ErrProtocol, event)
	}
}

func (s *Server) received(e RequestReceived) ([]ServerEffect, error) {
	if open := e.Request.GetOpen(); open != nil {
		if s.opened {
			return nil, fmt.Errorf("%w: opened twice", ErrProtocol)
		}
		s.opened = true
		return []ServerEffect{OpenSession{open}}, nil
	}
	if !s.opened {
		return nil, fmt.Errorf("%w: message before the opening one", ErrProtocol)
	}
	if s.forked {
		// Sent before the device could know; it will renumber and send it again.
		return nil, nil
	}
	switch m := e.Request.GetMessage().(type) {
	case *ksv1.SyncRequest_Upload:
		number := m.Upload.GetNumber()
		if number != s.lastUpload+1 || e.Page == nil || s.uploadDone {
			return nil, fmt.Errorf("%w: upload chunk %d after %d", ErrProtocol, number, s.lastUpload)
		}
		s.lastUpload = number
		s.committing[number] = true
		return []ServerEffect{CommitChunk{Number: number, Page: e.Page}}, nil
	case *ksv1.SyncRequest_DownloadAck:
		if !s.window.acked(m.DownloadAck.GetNumber()) {
			return nil, fmt.Errorf("%w: ack of chunk %d, which is not under way", ErrProtocol, m.DownloadAck.GetNumber())
		}
		return s.pump(), nil
	case *ksv1.SyncRequest_UploadDone:
		s.uploadDone = true
		return s.pump(), nil
	case *ksv1.SyncRequest_Repair:
		return s.repair(m.Repair)
	default:
		return nil, fmt.Errorf("%w: unknown message", ErrProtocol)
	}
}

func (s *Server) sessionOpened(e SessionOpened) []ServerEffect {
	effects := []ServerEffect{SendResponse{&ksv1.SyncResponse{Message: &ksv1.SyncResponse_Welcome{Welcome: e.Welcome}}}}
	if e.Welcome.GetForked() {
		s.forked = true
		return append(effects, Close{})
	}
	// What comes ahead may leave the scope again: the device must have a cursor by then,
	// which is told of departures. So where it has none that comes first of all.
	var returned, main []FeedTask
	for _, v := range e.Villages {
		s.villages = append(s.villages, v.Village)
		s.revisions[v.Village] = v.After
		task := FeedTask{Kind: FeedMain, Village: v.Village, After: v.After, Announce: v.New}
		if v.New {
			s.tasks = append(s.tasks, task)
		} else {
			main = append(main, task)
		}
		returned = append(returned, FeedTask{Kind: FeedReturned, Village: v.Village, After: v.After, Missing: v.Backfills})
	}
	s.tasks = append(append(s.tasks, returned...), main...)
	for _, v := range e.Villages {
		for _, b := range v.Backfills {
			s.tasks = append(s.tasks, FeedTask{
				Kind: FeedBackfill, Village: v.Village, Place: b.GetPlace(), AfterFamily: b.GetLastFamilyId(),
			})
		}
	}
	s.tasks = append(s.tasks, FeedTask{Kind: FeedNotices, After: e.NoticesAfter})
	return append(effects, s.pump()...)
}

// pump starts the next read, or ends the session's data part with digests.
func (s *Server) pump() []ServerEffect {
	if s.reading || !s.window.open() {
		return nil
	}
	if len(s.tasks) == 0 {
		if s.tailed || !s.uploadDone || len(s.committing) > 0 {
			return nil
		}
		s.startTails()
		if len(s.tasks) == 0 {
			return s.sendDigests()
		}
	}
	s.reading = true
	return []ServerEffect{ReadFeed{Task: s.tasks[0], MaxBytes: s.pageBytes()}}
}

// pageBytes bounds the next page: half of what the session has carried, so that what a
// link that breaks has carried in vain stays small beside what it has brought. A large
// page costs both ends less than three of a third.
func (s *Server) pageBytes() int { return min(max(s.window.carried/2, ChunkBytes), PageBytes) }

func (s *Server) startTails() {
	s.tailed = true
	s.digests = &ksv1.SyncDigests{}
	for _, v := range s.villages {
		s.tasks = append(s.tasks, FeedTask{Kind: FeedTail, Village: v, After: s.revisions[v]})
	}
}

func (s *Server) feedRead(e FeedRead) []ServerEffect {
	s.reading = false
	task := &s.tasks[0]
	var effects []ServerEffect
	if e.Page != nil {
		s.nextChunk++
		s.window.sent(s.nextChunk, proto.Size(e.Page))
		effects = append(effects, SendDownload{Number: s.nextChunk, Page: e.Page})
		s.advance(task, e.Page)
	}
	if e.More && e.Page != nil {
		return append(effects, s.pump()...)
	}
	finished := *task
	s.tasks = s.tasks[1:]
	if finished.Kind == FeedTail {
		if e.Digests != nil {
			s.digests.Villages = append(s.digests.Villages, e.Digests)
		}
		if len(s.tasks) == 0 {
			return append(effects, s.sendDigests()...)
		}
	}
	return append(effects, s.pump()...)
}

// advance moves a task to where the page ended.
func (s *Server) advance(task *FeedTask, page *ksv1.FeedPage) {
	task.Announce = false
	if c := page.GetCursor(); c != nil {
		task.After = c.GetRevision()
		s.revisions[task.Village] = c.GetRevision()
	}
	if b := page.GetBackfill(); b != nil {
		task.AfterFamily = b.GetLastFamilyId()
	}
	if r := page.GetRepair(); r != nil {
		task.AfterFamily = r.GetLastFamilyId()
	}
	if n := len(page.GetNotices()); n > 0 {
		task.After = page.GetNotices()[n-1].GetRevision()
	}
}

func (s *Server) sendDigests() []ServerEffect {
	digests := s.digests
	s.digests = nil
	return []ServerEffect{
		SendResponse{&ksv1.SyncResponse{Message: &ksv1.SyncResponse_Digests{Digests: digests}}},
		SendResponse{&ksv1.SyncResponse{Message: &ksv1.SyncResponse_Done{Done: &ksv1.SyncDone{Villages: uint32(len(digests.GetVillages()))}}}},
		Close{},
	}
}

// repair sends RT again whole; the digests follow anew.
func (s *Server) repair(r *ksv1.SyncRepair) ([]ServerEffect, error) {
	if !s.tailed || len(s.tasks) > 0 {
		return nil, fmt.Errorf("%w: repair before the digests", ErrProtocol)
	}
	for _, v := range r.GetVillages() {
		if _, ok := s.revisions[v.GetVillage()]; !ok {
			return nil, fmt.Errorf("%w: repair of village %d, which is not in scope", ErrProtocol, v.GetVillage())
		}
		for _, place := range v.GetPlaces() {
			s.tasks = append(s.tasks, FeedTask{Kind: FeedRepair, Village: v.GetVillage(), Place: place})
		}
	}
	s.tailed = false
	return s.pump(), nil
}
