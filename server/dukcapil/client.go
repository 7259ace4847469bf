package dukcapil

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Limits of look-ups: a surveyor stands at a door and waits.
const (
	// attemptTimeout bounds one request to the registry, attempts how many are
	// made; with the waits for a slot and between them a look-up ends within 13 seconds.
	attemptTimeout = 4 * time.Second
	attempts       = 3
	// retryDelayFirst is what the wait before the second attempt is drawn up to;
	// it doubles with each.
	retryDelayFirst = 300 * time.Millisecond
	// restAfter failed look-ups in a row the registry is left alone for rest, and
	// callers are told at once.
	restAfter = 3
	rest      = 30 * time.Second
	// maxRequests at one time; more wait their turn within a look-up's time.
	maxRequests = 16
	// maxAnswerBytes bounds what is read of an answer.
	maxAnswerBytes = 1 << 20
)

// Client asks a registry over HTTPS. Make it by NewClient.
type Client struct {
	config Config
	http   *http.Client
	slots  chan struct{}

	mu     sync.Mutex
	failed int       // look-ups in a row
	until  time.Time // no request before
}

// NewClient makes a client of a checked configuration.
func NewClient(c Config) (*Client, error) {
	t, err := c.tls()
	if err != nil {
		return nil, err
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.attemptTimeout == 0 {
		c.attemptTimeout = attemptTimeout
	}
	return &Client{
		config: c, slots: make(chan struct{}, maxRequests),
		http: &http.Client{
			Transport: &http.Transport{
				TLSClientConfig: t, Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: maxRequests, ForceAttemptHTTP2: true,
				IdleConnTimeout: time.Minute, TLSHandshakeTimeout: c.attemptTimeout, MaxResponseHeaderBytes: 64 << 10,
			},
			// Credentials go nowhere but to the configured address.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Person asks for a NIK.
func (c *Client) Person(ctx context.Context, nik prokesga.NIK) (*ksv1.RegistryPerson, error) {
	found, err := c.ask(ctx, c.config.PersonMethod, "nik", nik.Text())
	if err != nil {
		return nil, err
	}
	person, err := found.list[0].person(c.today())
	if err != nil {
		return nil, err
	}
	if person.GetNik() != uint64(nik) {
		return nil, fmt.Errorf("%w: it answered another number", ErrRefused)
	}
	return person, nil
}

// FamilyCard asks for an NKK.
func (c *Client) FamilyCard(ctx context.Context, nkk prokesga.NKK) (*Card, error) {
	found, err := c.ask(ctx, c.config.CardMethod, "nkk", nkk.Text())
	if err != nil {
		return nil, err
	}
	return found.card(nkk, c.today())
}

// today is the last day on which somebody can have been born.
func (c *Client) today() prokesga.Date { return prokesga.TodayAt(c.config.now()).Date }

// ask makes the attempts of one look-up. Errors: those of once, *UnavailableError, and
// the context's where the caller gave up after a request was made.
func (c *Client) ask(caller context.Context, method, name, number string) (records, error) {
	ctx, cancel := context.WithTimeout(caller, c.wholeTimeout())
	defer cancel()
	if err := c.enter(ctx); err != nil {
		return records{}, err
	}
	defer func() { <-c.slots }()
	var err error
	for i := range attempts {
		if i > 0 && pause(ctx, rand.N(retryDelayFirst<<(i-1))) != nil {
			break
		}
		var found records
		if found, err = c.once(ctx, method, name, number); !isTransient(err) {
			c.note(true)
			return found, err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if caller.Err() != nil {
		return records{}, caller.Err() // no fault of the registry's
	}
	c.note(false)
	return records{}, &UnavailableError{Wait: max(c.resting(), time.Second), Cause: err}
}

// wholeTimeout is the attempts' time, and a quarter of one's for the waits between them.
func (c *Client) wholeTimeout() time.Duration {
	return attempts*c.config.attemptTimeout + c.config.attemptTimeout/4
}

// enter waits for a slot, which whoever gets it gives back. Errors: *UnavailableError, also
// where the caller gave up: no request was made.
func (c *Client) enter(ctx context.Context) error {
	if wait := c.resting(); wait > 0 {
		return &UnavailableError{Wait: wait, Cause: errResting}
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return &UnavailableError{Wait: max(c.resting(), time.Second), Cause: errNoSlot}
	}
	// Those before it may have failed meanwhile.
	if wait := c.resting(); wait > 0 || ctx.Err() != nil {
		<-c.slots
		return &UnavailableError{Wait: max(wait, time.Second), Cause: errResting}
	}
	return nil
}

// Why no request was made.
var (
	errResting = errors.New("left alone after failures in a row")
	errNoSlot  = errors.New("others were asking all the time")
)

// transientError is a failure that another attempt may not have.
type transientError struct{ error }

func isTransient(err error) bool {
	var t transientError
	return errors.As(err, &t)
}

// once makes one request. Its errors hold neither number nor credentials, which
// are in the body alone.
func (c *Client) once(ctx context.Context, method, name, number string) (records, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.attemptTimeout)
	defer cancel()
	body, err := json.Marshal(map[string]string{
		name: number, "user_id": c.config.User, "password": c.config.Password, "ip_user": c.config.ServerAddress,
	})
	if err != nil {
		return records{}, fmt.Errorf("encode look-up: %w", err)
	}
	address, err := url.JoinPath(c.config.URL, "dukcapil/get_json", c.config.Consumer, method)
	if err != nil {
		return records{}, fmt.Errorf("address of the civil registry: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return records{}, fmt.Errorf("address of the civil registry: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	answer, err := c.http.Do(r)
	if err != nil {
		return records{}, transientError{err}
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes+1))
	if err == nil {
		// Whoever is told as TLS closes that we go may still answer, emptily: that is no refusal.
		err = ctx.Err()
	}
	switch {
	case err != nil:
		return records{}, transientError{err}
	case answer.StatusCode == http.StatusTooManyRequests:
		return records{}, &QuotaError{Whose: OfRegistry}
	case answer.StatusCode >= http.StatusInternalServerError:
		return records{}, transientError{fmt.Errorf("status %d", answer.StatusCode)}
	case answer.StatusCode != http.StatusOK:
		return records{}, fmt.Errorf("%w: status %d", ErrRefused, answer.StatusCode)
	case len(data) > maxAnswerBytes:
		return records{}, fmt.Errorf("%w: answer of more than %d bytes", ErrRefused, maxAnswerBytes)
	}
	return recordsOf(data)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// resting is for how long the registry is still to be left alone.
func (c *Client) resting() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.until.Sub(c.config.now())
}

// note counts failed look-ups in a row.
func (c *Client) note(answered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answered {
		c.failed, c.until = 0, time.Time{}
		return
	}
	if c.failed++; c.failed >= restAfter {
		c.until = c.config.now().Add(rest)
	}
}
