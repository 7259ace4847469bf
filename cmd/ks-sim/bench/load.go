package bench

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// author makes the changes of one device: each a new family of four with all
// answers, NIK, names and stamps, in one save.
type author struct {
	account, device, incarnation uint32
	village                      uint32
	place                        string
	counter                      uint64
	clock                        merge.Clock
	families                     *field.Generator
	// cards are the family cards of the last families, for doubledEvery.
	cards [doubledEvery]uint64
	made  int
}

// Numbers are made so that at every size the same share of families has one that
// another has: one in doubledEvery, by its card, and a few in ten thousand by chance.
// (Numbers of one kecamatan for all, as many as there are by then, would run out:
// of a million families one in seven would share one.)
const (
	doubledEvery  = 100
	firstDistrict = 320401
	districts     = 50
)

// surveyed is the day of all generated surveys.
var surveyed = time.Date(2026, 5, 17, 0, 0, 0, 0, time.UTC)

func newAuthor(account, device, incarnation, village uint32, place string) *author {
	return &author{
		account: account, device: device, incarnation: incarnation, village: village, place: place,
		clock:    merge.Clock{Device: device, Incarnation: incarnation},
		families: field.NewGenerator(uint64(device)<<32|uint64(incarnation), firstDistrict+uint64(device%districts), surveyed),
	}
}

func (a *author) id() merge.ID {
	a.counter++
	return merge.NewID(a.device, a.incarnation, a.counter)
}

// change is the next family; wallMS is the device's clock.
func (a *author) change(wallMS uint64) (*ksv1.Change, error) {
	return a.changeOf(a.families.FamilyOfFour(), wallMS)
}

func (a *author) changeOf(g *field.Generated, wallMS uint64) (*ksv1.Change, error) {
	family := a.id()
	g.Family.Place = &a.place
	a.doubleCard(g.Family)
	ids := make([]merge.ID, len(g.People))
	for i := range ids {
		ids[i] = a.id()
	}
	edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: g.Family}}
	round := a.id()
	edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: round}, Set: g.Round})
	for i, p := range g.People {
		if p.MotherAt >= 0 {
			text := ids[p.MotherAt].String()
			p.Member.MotherId = &text
		}
		if p.SpouseAt >= 0 {
			text := ids[p.SpouseAt].String()
			p.Individual.SpouseId = &text
		}
		edits = append(edits,
			merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: ids[i]}, Set: p.Member},
			merge.RecordEdit{Key: merge.Key{Kind: merge.KindIndividual, Record: round, Member: ids[i]}, Set: p.Individual})
	}
	c, _, err := merge.NewChange(&merge.State{Family: family}, a.clock.Next(wallMS), edits)
	if err != nil {
		return nil, fmt.Errorf("make change: %w", err)
	}
	id := a.id()
	c.Id, c.Village, c.Author = id[:], a.village, a.account
	return c, nil
}

// doubleCard gives every hundredth family the card of the one fifty before.
func (a *author) doubleCard(f *ksv1.Family) {
	if a.made++; a.made%doubledEvery == 0 {
		f.Nkk = proto.Uint64(a.cards[doubledEvery/2])
	}
	a.cards[a.made%doubledEvery] = f.GetNkk()
}
