package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/veil"
)

// Answers stands before the gateway and answers questions for figures (GET) that
// were asked before, without working them out or encoding them again, as long as
// nothing that they rest on has changed. All such answers carry an ETag, which
// changes with the figures and not with the time that they were looked at, and
// AsOfHeader, which tells that; a client that has the same gets 304. They are the
// caller's own: private, and asked for anew each time; kept by no browser where they
// show cells that are withheld from others. Answers and tags are of one scope: who
// may see something else has another key, and a tag is of the body that its own
// caller gets.
type Answers struct {
	services *Services
	guard    *Guard
	next     http.Handler
	once     singleflight.Group // who asks while an answer is worked out waits for it
	kept     aging.Map[string, *answer]
	callers  recentCallers
}

// AsOfHeader tells as of when the figures are, also where 304 leaves them out.
const AsOfHeader = "X-As-Of"

// NewAnswers puts them before a gateway whose calls to aggregates go Inside.
func NewAnswers(s *Services, g *Guard, gateway http.Handler) *Answers {
	return &Answers{services: s, guard: g, next: gateway}
}

// ServeHTTP answers, or lets the gateway do it.
func (a *Answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, ok := questionOf(r)
	if !ok {
		a.next.ServeHTTP(w, r)
		return
	}
	caller, key, err := a.admit(r)
	if err != nil {
		a.next.ServeHTTP(w, r) // which says why, as everywhere
		return
	}
	ctx := context.WithValue(r.Context(), admittedKey{}, caller)
	r = r.WithContext(ctx)
	key += "\n" + q.address
	if found, ok := a.kept.Find(key); ok {
		if asOf, ok := found.rests.holds(ctx, a.services); ok {
			a.write(w, r, found, asOf)
			return
		}
	}
	if !q.keep {
		fresh := a.workOut(r, q, caller, key)
		a.write(w, r, fresh, fresh.asOf)
		return
	}
	fresh := a.workOutOnce(r, q, caller, key)
	a.write(w, r, fresh, fresh.asOf)
}

// workOutOnce asks the gateway once for all who ask the same at one moment: without the
// first one's deadline, and what that one was refused with is told to nobody else.
func (a *Answers) workOutOnce(r *http.Request, q question, caller *access.Caller, key string) *answer {
	mine := false
	found, _, _ := a.once.Do(key, func() (any, error) {
		mine = true
		shared := r.Clone(context.WithoutCancel(r.Context()))
		shared.Header.Del("Grpc-Timeout")
		return a.workOut(shared, q, caller, key), nil
	})
	fresh, ok := found.(*answer)
	if !ok || fresh.status != http.StatusOK && !mine {
		return a.workOut(r, q, caller, key)
	}
	return fresh
}

// admittedKey holds a caller whom Answers has let in and counted.
type admittedKey struct{}

func admittedOf(ctx context.Context) *access.Caller {
	c, _ := ctx.Value(admittedKey{}).(*access.Caller)
	return c
}

// admit authenticates and counts a call as the guard does, and gives what of the
// caller an answer depends on. Who is nobody is counted by the guard, which refuses them.
func (a *Answers) admit(r *http.Request) (*access.Caller, string, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return nil, "", errForbidden
	}
	now := a.services.Now()
	if found, ok := a.callers.find(token, now); ok {
		return found.caller, found.scope, a.guard.limits.Caller(found.caller)
	}
	who, err := a.guard.read("", token)
	if err != nil {
		return nil, "", err
	}
	if err := a.guard.count(who); err != nil {
		return nil, "", err
	}
	caller, scope, err := a.callers.authenticate(r.Context(), a.guard.auth, token, now)
	if err != nil {
		return nil, "", err
	}
	return caller, scope, a.guard.limits.Caller(caller)
}

// question is one for figures.
type question struct {
	// address is path and query in one spelling.
	address string
	// code is the area's, dotted, or the Puskesmas's.
	code      string
	puskesmas bool
	// keep: all that the answer rests on moves the board; the parts of a village are not on
	// it, but move with the village.
	keep bool
	// names: it holds names of staff.
	names bool
}

var (
	questionPath = regexp.MustCompile(`^/v1/(areas|puskesmas)/([^/]+)/(index|indexes|trend|change|priorities|progress|progress/parts|progress/days)$`)
	// knownQuery are the parameters with which an answer may be kept.
	knownQuery = []string{
		"membership", "basis", "day", "survey_year", "surveyYear", "step", "from", "to", "filter", "page_size", "page_token", "order_by", "pageSize", "pageToken", "orderBy",
	}
)

// questionOf reads a request; ok is false for one that asks for something else.
func questionOf(r *http.Request) (q question, ok bool) {
	if r.Method != http.MethodGet {
		return q, false
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, false // the gateway says why
	}
	q.address = r.URL.Path + "?" + query.Encode()
	if r.URL.Path == "/v1/progress/surveyors" {
		q.names = true
		return q, true
	}
	parts := questionPath.FindStringSubmatch(r.URL.Path)
	if parts == nil {
		return q, false
	}
	q.keep, q.code, q.puskesmas = true, parts[2], parts[1] == "puskesmas"
	if !q.puskesmas {
		code, err := area.ParseRESTName(parts[2])
		if err != nil || code.Level() > area.Village {
			q.keep = false
		}
		q.code = code.Dotted()
	}
	for name := range query {
		q.keep = q.keep && slices.Contains(knownQuery, name)
	}
	return q, true
}

// answer is one that was worked out.
type answer struct {
	status int
	header http.Header
	// body is cut where it tells the present as-of, which is put in anew; packed is the
	// same, and alone in an answer that is kept.
	body   [][]byte
	packed *packed
	etag   string
	// asOf is that of the figures when they were worked out; zero: they tell none.
	asOf time.Time
	// secret: it holds names of staff, or cells that are withheld from others, and no
	// browser is to keep it.
	secret bool
	rests  *foundation
}

// workOut asks the gateway.
func (a *Answers) workOut(r *http.Request, q question, caller *access.Caller, key string) *answer {
	f := &foundation{code: q.code, puskesmas: q.puskesmas, keep: q.keep}
	f.take(a.services)
	rec := &recorder{header: http.Header{}}
	a.next.ServeHTTP(rec, r.WithContext(veil.WithWitness(r.Context(), f)))
	secret := q.names || caller.SeesEveryFamily() || f.showsOwn()
	out := &answer{status: rec.status, header: rec.header, rests: f, secret: secret}
	if rec.status != http.StatusOK {
		out.body = [][]byte{rec.body.Bytes()}
		return out
	}
	out.cut(rec.body.Bytes(), f.today)
	if f.kept() {
		a.keep(key, out)
	}
	return out
}

// keptOverhead is what an answer takes beside its body: headers, pieces that it rests
// on, its place.
const keptOverhead = 2 << 10

// keep packs an answer and keeps that.
func (a *Answers) keep(key string, x *answer) {
	body, err := pack(x.body)
	if err != nil {
		return // a buffer in memory takes whatever is written to it
	}
	x.packed = body
	kept := *x
	kept.body = nil
	a.kept.Keep(key, &kept, aging.Taking{Size: body.size() + len(key) + keptOverhead, Room: keptBytes})
}

// asOfText finds as-of times in an answer.
var asOfText = regexp.MustCompile(`"asOf":\s?"([^"]+)"`)

// cut takes the present as-of out of a body, and makes its tag.
func (x *answer) cut(body []byte, today time.Time) {
	hash := sha256.New()
	from := 0
	for _, at := range asOfText.FindAllSubmatchIndex(body, -1) {
		told, err := time.Parse(time.RFC3339Nano, string(body[at[2]:at[3]]))
		if err != nil || !told.After(today) {
			continue // the end of a past day
		}
		x.asOf = told
		x.body = append(x.body, body[from:at[2]])
		hash.Write(body[from:at[2]])
		from = at[3]
	}
	x.body = append(x.body, body[from:])
	hash.Write(body[from:])
	const tagBytes = 15
	x.etag = `W/"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:tagBytes]) + `"`
}

// write sends an answer, or 304; asOf is until when the figures are known to hold.
func (a *Answers) write(w http.ResponseWriter, r *http.Request, x *answer, asOf time.Time) {
	h := w.Header()
	for name, values := range x.header {
		h[name] = values
	}
	if x.status != http.StatusOK {
		w.WriteHeader(x.status)
		_, _ = w.Write(x.body[0]) // an error means that the client has gone
		return
	}
	h.Set("ETag", x.etag)
	h.Set("Vary", "Authorization, Accept-Encoding")
	h.Set("Cache-Control", map[bool]string{true: "no-store, private", false: "private, no-cache"}[x.secret])
	told := asOfBytes(asOf)
	if !x.asOf.IsZero() {
		h.Set(AsOfHeader, told)
	}
	if matches(r.Header.Get("If-None-Match"), x.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, encoding := x.encode(told, TakesGzip(r))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// encode gives the body with an as-of time in its places, compressed where it may be
// and is packed.
func (x *answer) encode(asOf string, gzip bool) (body []byte, encoding string) {
	switch {
	case x.packed != nil && gzip:
		return x.packed.gzip(asOf), "gzip"
	case x.body != nil:
		return bytes.Join(x.body, []byte(asOf)), ""
	}
	body, err := x.packed.plain(asOf)
	if err != nil {
		panic(err) // packed by us, and never changed since
	}
	return body, ""
}

// matches compares weakly (RFC 9110, 13.1.2).
func matches(header, etag string) bool {
	for _, tag := range strings.Split(header, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag != "" && strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// recorder keeps what the gateway answers.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header of the answer.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write keeps the body.
func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}
