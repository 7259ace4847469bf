// Command foreign is an app of another module, as it has to be written without the SDK's
// internal packages: it must compile.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/app"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"google.golang.org/protobuf/proto"
)

// tablet is what an app knows of its device.
type tablet struct {
	client *clientsdk.Client
	user   *clientsdk.User
	loss   *clientsdk.Loss
	counts clientsdk.Counts
	work   []clientsdk.OutboxEntry
}

func open(link string) (*tablet, error) {
	setup, err := app.ParseLink(link)
	if err != nil {
		return nil, err
	}
	pin, err := clientsdk.ParsePin(setup.Pin)
	if err != nil {
		return nil, err
	}
	cost := clientsdk.PasswordCost{MemoryKiB: 64 << 10, Passes: 3, Lanes: 1}
	client, err := clientsdk.Open(clientsdk.Config{Dir: "data", Server: setup.Server, Pin: &pin, DeviceName: setup.DeviceName, PasswordCost: cost})
	return &tablet{client: client}, err
}

// inRT lists the families of an RT that VillageScope.places tells, by house.
func (t *tablet) inRT(village uint32, text string) ([]clientsdk.Summary, error) {
	place, err := clientsdk.ParsePlace(text)
	if errors.Is(err, clientsdk.ErrPlace) {
		return nil, err
	}
	families, _ := t.user.Families(clientsdk.Query{Village: village, Place: &place, Keep: func(s *clientsdk.Summary) bool { return healthy(s.Values, clientsdk.Inti) }})
	slices.SortFunc(families, func(a, b clientsdk.Summary) int { return cmp.Compare(a.BuildingNumber, b.BuildingNumber) })
	return families, nil
}

func label(p clientsdk.Place) string { return p.Label() }

func healthy(p clientsdk.PackedValues, basis clientsdk.Basis) bool {
	values, category := p.Of(basis)
	return colour(category) == "green" && smokes(values) != clientsdk.ValueT
}

func smokes(v clientsdk.Values) clientsdk.Value { return v[8] }

func mark(v clientsdk.Value) string {
	return map[clientsdk.Value]string{clientsdk.ValueN: "-", clientsdk.ValueY: "v", clientsdk.ValueT: "x", clientsdk.ValueUnknown: "?"}[v]
}

func colour(c clientsdk.Category) string {
	switch c {
	case clientsdk.CategorySehat:
		return "green"
	case clientsdk.CategoryPraSehat:
		return "yellow"
	case clientsdk.CategoryTidakSehat:
		return "red"
	case clientsdk.CategoryNone, clientsdk.CategoryIncomplete, clientsdk.CategoryUndefined:
	}
	return "grey"
}

// index is what a page shows of one, basis by basis.
func (t *tablet) index(ctx context.Context, id clientsdk.ID) ([]string, error) {
	index, err := t.user.Index(ctx, id)
	if err != nil {
		return nil, err
	}
	var lines []string
	for basis, part := range map[clientsdk.Basis]clientsdk.IndexPart{clientsdk.Inti: index.Inti, clientsdk.Besar: index.Besar} {
		lines = append(lines, fmt.Sprint(basis, colour(part.Category), mark(smokes(part.Values)), why(part.Reasons)))
	}
	return lines, nil
}

func why(reasons []clientsdk.Explanation) (numbers []clientsdk.QuestionNumber) {
	for _, r := range reasons {
		numbers = append(numbers, r.Question)
	}
	return numbers
}

// settle keeps the latest value of each conflict.
func (t *tablet) settle(ctx context.Context, id clientsdk.ID) error {
	conflicts, err := t.user.Conflicts(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		if err := t.user.KeepValue(ctx, id, c, latest(c)); err != nil {
			return err
		}
	}
	return nil
}

func latest(c clientsdk.Conflict) int {
	at, newest := 0, clientsdk.Stamp{}
	for i, v := range c.Values {
		if written(v).Compare(newest) > 0 {
			at, newest = i, written(v)
		}
	}
	return at
}

func written(v clientsdk.ConflictValue) clientsdk.Stamp { return v.Stamp }

// save saves a member, and tells what is doubtful.
func (t *tablet) save(ctx context.Context, id clientsdk.ID, name string) (map[clientsdk.FindingCode]string, error) {
	key := clientsdk.Key{Kind: clientsdk.KindMember, Member: t.user.NewID()}
	findings, err := t.user.Save(ctx, id, clientsdk.Edit{Key: key, Set: &ksv1.Member{Name: proto.String(name)}})
	return told(findings, clientsdk.SeverityWarning), err
}

func told(findings []clientsdk.Finding, of clientsdk.Severity) map[clientsdk.FindingCode]string {
	out := map[clientsdk.FindingCode]string{}
	for _, f := range findings {
		if f.Severity == of || f.Severity == clientsdk.SeverityError {
			out[f.Code] = f.Message
		}
	}
	return out
}

// ask is what a form draws for a question.
func ask(a clientsdk.Asked) string { return draw(a.Question) }

func draw(q clientsdk.Question) string {
	return map[clientsdk.Input]string{
		clientsdk.ChoiceInput: choices(q.Options), clientsdk.NumberInput: bounds(q.Limits), clientsdk.DateInput: "date",
		clientsdk.TextInput: "text", clientsdk.AgeInput: "age", clientsdk.MemberInput: "member",
	}[q.Input]
}

func choices(options []clientsdk.Option) (text string) {
	for _, o := range options {
		text += o.Label
	}
	return text
}

func bounds(l clientsdk.Limits) string { return fmt.Sprintf("%d to %d", l.Min, l.Max) }

func main() {
	t, err := open(os.Args[1])
	if err == nil {
		t.user, err = t.client.SignIn(context.Background(), os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	t.loss = t.user.Loss()
}
