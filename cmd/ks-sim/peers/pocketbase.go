package peers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	// pocketBaseUser is the superuser whose token all clients have.
	pocketBaseUser = "bench@example.com"
	// pocketBasePage is how many records a page holds: the most that it gives.
	pocketBasePage = 1000
	familiesPath   = "/api/collections/families/records"
	// createPath creates a record without having it sent back.
	createPath = familiesPath + "?fields=id"
)

// startPocketBase starts PocketBase as it comes, or synced, with a collection of
// families, and clients in this process.
func startPocketBase(ctx context.Context, p place, synced bool) (c *contestant, err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	var env []string
	if synced {
		env = append(env, "KS_SYNCHRONOUS=FULL")
	}
	password := rand.Text()
	create := exec.CommandContext(ctx, p.pocketBase, "superuser", "upsert", pocketBaseUser, password, "--dir", p.data)
	create.Env = append(os.Environ(), env...)
	if text, err := create.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("create PocketBase's superuser: %w: %s", err, text)
	}
	server, err := startProcess(ctx, p.dir, env, p.pocketBase, "serve", "--http", address, "--dir", p.data)
	if err != nil {
		return nil, err
	}
	c = &contestant{place: p, pid: server.pid(), clientPID: os.Getpid()}
	c.closing(server.stop)
	if err := errors.Join(server.ready(ctx, "http://"+address+"/api/health"), c.listen(address)); err != nil {
		return nil, errors.Join(err, c.close())
	}
	clients := &pocketClients{
		place: p, url: "http://" + c.proxy.Address(), sources: map[int]*source{}, batches: map[int][][]byte{},
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: p.clients + 1}},
	}
	c.clients = clients
	c.closing(func() error { clients.http.CloseIdleConnections(); return nil })
	if err := clients.setUp(ctx, password); err != nil {
		return nil, errors.Join(fmt.Errorf("set PocketBase up: %w", err), c.close())
	}
	return c, nil
}

type pocketClients struct {
	place
	url, token string
	http       *http.Client
	sources    map[int]*source
	batches    map[int][][]byte // of each client, prepared
}

// object is JSON as it is written for an API without a type of its own.
type object map[string]any

// setUp signs in, allows batches, and makes the collection: ids come from the
// clients, as offline work needs. The id's pattern must be PocketBase's own: with
// any other it looks through the whole table for each new id.
func (c *pocketClients) setUp(ctx context.Context, password string) error {
	var signedIn struct {
		Token string `json:"token"`
	}
	credentials := object{"identity": pocketBaseUser, "password": password}
	if err := c.call(ctx, http.MethodPost, "/api/collections/_superusers/auth-with-password", credentials, &signedIn); err != nil {
		return err
	}
	c.token = signedIn.Token
	settings := object{"batch": object{"enabled": true, "maxRequests": c.batch, "timeout": 30}}
	if err := c.call(ctx, http.MethodPatch, "/api/settings", settings, nil); err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, "/api/collections", object{"name": "families", "type": "base", "fields": []object{
		{"name": "id", "type": "text", "primaryKey": true, "required": true, "min": 32, "max": 32, "pattern": "^[a-z0-9]+$"},
		{"name": "village", "type": "text"}, {"name": "place", "type": "text"},
		{"name": "family", "type": "json"}, {"name": "round", "type": "json"}, {"name": "members", "type": "json"},
	}}, nil)
}

// call sends a body as JSON, or as it is when it is bytes, and decodes the answer.
func (c *pocketClients) call(ctx context.Context, method, path string, body, answer any) error {
	data, ok := body.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %.500s", method, path, response.Status, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

// batchRequest is one record of a batch.
type batchRequest struct {
	Method string       `json:"method"`
	URL    string       `json:"url"`
	Body   pocketRecord `json:"body"`
}

// pocketRecord is a family whose id is a UUID without hyphens.
type pocketRecord struct {
	ID string `json:"id"`
	*family
}

func (c *pocketClients) prepare(_ context.Context, client, families int) error {
	if c.sources[client] == nil {
		c.sources[client] = newSource(client)
	}
	for families > 0 {
		n := min(families, c.batch)
		var requests []batchRequest
		for range n {
			f, err := c.sources[client].next()
			if err != nil {
				return err
			}
			requests = append(requests, batchRequest{http.MethodPost, createPath, pocketRecord{strings.ReplaceAll(f.ID, "-", ""), f}})
		}
		body, err := json.Marshal(object{"requests": requests})
		if err != nil {
			return fmt.Errorf("encode batch: %w", err)
		}
		c.batches[client] = append(c.batches[client], body)
		families -= n
	}
	return nil
}

func (c *pocketClients) send(ctx context.Context, clients []int, families int) error {
	sent := make([]int, len(clients))
	err := atOnce(len(clients), func(i int) error {
		for _, body := range c.batches[clients[i]] {
			var answers []struct {
				Status int `json:"status"`
			}
			if err := c.call(ctx, http.MethodPost, "/api/batch", body, &answers); err != nil {
				return err
			}
			for _, a := range answers {
				if a.Status != http.StatusOK {
					return fmt.Errorf("a record of a batch: status %d", a.Status)
				}
			}
			sent[i] += len(answers)
		}
		if sent[i] != families {
			return fmt.Errorf("%d of %d records were acknowledged", sent[i], families)
		}
		return nil
	})
	for _, client := range clients {
		c.batches[client] = nil
	}
	return err
}

// pull reads all records by pages; PocketBase has no protocol for copies that
// are kept up to date, so nothing is stored.
func (c *pocketClients) pull(ctx context.Context, families int) (seconds float64, err error) {
	begin := time.Now()
	got := 0
	for page := 1; ; page++ {
		var answer struct {
			Items []json.RawMessage `json:"items"`
		}
		path := fmt.Sprintf("%s?page=%d&perPage=%d&sort=id&skipTotal=true", familiesPath, page, pocketBasePage)
		if err := c.call(ctx, http.MethodGet, path, nil, &answer); err != nil {
			return 0, err
		}
		got += len(answer.Items)
		if len(answer.Items) < pocketBasePage {
			break
		}
	}
	if got != families {
		return 0, fmt.Errorf("%d of %d records", got, families)
	}
	return time.Since(begin).Seconds(), nil
}
