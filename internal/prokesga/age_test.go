package prokesga

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func date(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAgeIsCompletedMonthsAtTheSurvey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, survey string
		months        int
	}{
		{"2024-01-31", "2024-02-29", 0},
		{"2024-01-31", "2024-03-01", 1},
		{"2020-02-29", "2021-02-28", 11},
		{"2020-02-29", "2021-03-01", 12},
		{"2024-05-17", "2024-05-17", 0},
		{"2024-05-17", "2024-06-16", 0},
		{"2024-05-17", "2024-06-17", 1},
		{"2009-05-17", "2024-05-16", 179},
		{"2009-05-17", "2024-05-17", 180},
		{"1969-05-18", "2024-05-17", 659},
		{"1969-05-17", "2024-05-17", 660},
		{"2024-05-18", "2024-05-17", -1},
		{"2024-07-01", "2024-05-17", -2},
	} {
		if got := CompletedMonths(date(t, c.birth), date(t, c.survey)); got != c.months {
			t.Errorf("born %s, surveyed %s: %d months, want %d", c.birth, c.survey, got, c.months)
		}
	}
}

// stated is an age in months as told on the day of a survey.
func stated(months uint32, survey Date) *ksv1.StatedAge {
	return &ksv1.StatedAge{Months: months, AsOf: survey.String()}
}

func TestStatedAgeStandsInForABirthDate(t *testing.T) {
	t.Parallel()
	survey := date(t, "2024-05-17")
	for _, c := range []struct {
		what      string
		member    *ksv1.Member
		months    int
		estimated bool
	}{
		{"birth date", &ksv1.Member{BirthDate: proto.String("2023-05-17")}, 12, false},
		{"birth date before stated age", &ksv1.Member{BirthDate: proto.String("2023-05-17"), StatedAge: stated(12*30, survey)}, 12, false},
		{"years", &ksv1.Member{StatedAge: stated(12*30, survey)}, 360, true},
		{"months under five years", &ksv1.Member{StatedAge: stated(7, survey)}, 7, true},
		{"years stated a year and a day before", &ksv1.Member{StatedAge: stated(12*30, date(t, "2023-05-16"))}, 372, true},
		{"stated later, asked of an older round", &ksv1.Member{StatedAge: stated(30, date(t, "2025-05-17"))}, 18, true},
		{"not yet born in an older round", &ksv1.Member{StatedAge: stated(3, date(t, "2025-05-17"))}, AgeUnknown, true},
		{"born after the survey", &ksv1.Member{BirthDate: proto.String("2024-05-18")}, AgeUnknown, false},
		{"malformed birth date", &ksv1.Member{BirthDate: proto.String("17-05-2023")}, AgeUnknown, false},
		{"nothing", &ksv1.Member{}, AgeUnknown, false},
		{"nobody", nil, AgeUnknown, false},
	} {
		months, estimated := AgeMonths(c.member, survey)
		if months != c.months || estimated != c.estimated {
			t.Errorf("%s: %d months, estimated %t; want %d, %t", c.what, months, estimated, c.months, c.estimated)
		}
	}
	if months, _ := AgeMonths(&ksv1.Member{BirthDate: proto.String("2023-05-17")}, Date{}); months != AgeUnknown {
		t.Errorf("without a survey date: %d months", months)
	}
}

// What is stated at one survey moves no round of another date.
func TestARoundCountsTheAgeStatedOnItsOwnDate(t *testing.T) {
	t.Parallel()
	at := func(text string) Date { return date(t, text) }
	siti := &ksv1.Member{StatedAge: stated(12*55, at("2024-05-17")), StatedAges: &ksv1.StatedAges{Ages: []*ksv1.StatedAge{
		stated(12*55, at("2022-05-17")), stated(12*40, at("2026-05-17"))}}}
	for survey, want := range map[string]int{
		"2022-05-17": 12 * 55, "2024-05-17": 12 * 55, "2026-05-17": 12 * 40,
		"2023-05-17": 12 * 56, "2025-05-17": 12 * 56, "2027-05-17": 12 * 41, // the last one before
		"2021-05-17": 12 * 54, // the first one after
	} {
		if got, estimated := AgeMonths(siti, at(survey)); got != want || !estimated {
			t.Errorf("surveyed %s: %d months, want %d", survey, got, want)
		}
	}
}

func TestOnlyCalendarDatesAreDates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2024-02-29", "2000-02-29", "1900-02-28", "2024-12-31", "0001-01-01", "9999-12-31"} {
		if got := date(t, text).String(); got != text {
			t.Errorf("%s reads as %s", text, got)
		}
	}
	for _, text := range []string{"", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31", "2024-1-1", "24-01-01",
		"2024/01/01", "01-01-2024", " 2024-01-01", "2024-01-01 ", "2024-01-01T00:00:00Z", "+024-01-01", "2024-+1-01", "0000-01-01", "２０２４-01-01"} {
		if got, err := ParseDate(text); !errors.Is(err, ErrDate) {
			t.Errorf("%q reads as %s, %v", text, got, err)
		}
	}
}

func TestDatesOrderAsTheCalendarDoes(t *testing.T) {
	t.Parallel()
	start := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(0, 20000)
		x, y := start.AddDate(0, 0, day.Draw(t, "a")), start.AddDate(0, 0, day.Draw(t, "b"))
		a, b := DateOf(x), DateOf(y)
		if a.Compare(b) != x.Compare(y) || a.After(b) != x.After(y) || a.String() != x.Format(time.DateOnly) {
			t.Fatalf("%s and %s: order %d", a, b, a.Compare(b))
		}
		if months := CompletedMonths(a, b); !b.After(a) && a != b && months >= 0 || b.After(a) && months < 0 {
			t.Fatalf("born %s, surveyed %s: %d months", a, b, months)
		}
	})
}

func TestTodayIsTheDayWhereItBeginsFirst(t *testing.T) {
	t.Parallel()
	for zone, wants := range map[*time.Location]map[string]string{
		time.UTC:                         {"2026-03-02T14:59:59Z": "2026-03-02", "2026-03-02T15:00:00Z": "2026-03-03", "2026-12-31T23:30:00Z": "2027-01-01"},
		time.FixedZone("WIT", 9*60*60):   {"2026-03-02T14:59:59Z": "2026-03-02", "2026-03-02T15:00:00Z": "2026-03-03"},
		time.FixedZone("+14", 14*60*60):  {"2026-03-02T09:59:59Z": "2026-03-02", "2026-03-02T10:00:00Z": "2026-03-03"},
		time.FixedZone("-12", -12*60*60): {"2026-03-02T14:59:59Z": "2026-03-02", "2026-03-02T15:00:00Z": "2026-03-03"},
	} {
		for instant, want := range wants {
			at, err := time.Parse(time.RFC3339, instant)
			if err != nil {
				t.Fatal(err)
			}
			if got := TodayAt(at.In(zone)).Date.String(); got != want {
				t.Errorf("%s in %s is %s, want %s", instant, zone, got, want)
			}
		}
	}
}
