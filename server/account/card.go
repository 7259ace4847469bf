package account

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/url"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/qr"
)

// Card is what a person gets on paper.
type Card struct {
	FullName, UserName, Code string
	Expires                  time.Time
}

// ActivationLink is what a card's QR says: user name and code, for an app that
// scans it. The person's NIK, without which it is worth nothing, is not in it.
func ActivationLink(userName, code string) string {
	return "keluargasehat:aktivasi?" + url.Values{"pengguna": {userName}, "kode": {code}}.Encode()
}

//go:embed card.html
var cardText string

var cardPage = sync.OnceValues(func() (*template.Template, error) { return template.New("cards").Parse(cardText) })

// CardsHTML is a printable page in Indonesian with a card for each account: name,
// user name, one-time code, QR. It needs nothing from elsewhere.
func CardsHTML(cards []Card) (string, error) {
	page, err := cardPage()
	if err != nil {
		return "", fmt.Errorf("read card template: %w", err)
	}
	type line struct {
		Card
		Until string
		QR    template.HTML
	}
	lines := make([]line, len(cards))
	for i, c := range cards {
		svg, err := QRCode(ActivationLink(c.UserName, c.Code))
		if err != nil {
			return "", err
		}
		// Our own drawing, of numbers alone.
		lines[i] = line{Card: c, Until: c.Expires.In(area.WIB).Format("02-01-2006 15.04 WIB"), QR: template.HTML(svg)}
	}
	var b bytes.Buffer
	if err := page.Execute(&b, lines); err != nil {
		return "", fmt.Errorf("write cards: %w", err)
	}
	return b.String(), nil
}

// QRCode draws a text as an SVG element of one path.
func QRCode(text string) (string, error) {
	side, path, err := qr.Path(text)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="QR"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		side, side, side, side, path), nil
}

// Card is the card of an issued account.
func (i Issued) Card(fullName string) Card {
	return Card{FullName: fullName, UserName: i.UserName, Code: i.Code, Expires: i.Expires}
}
