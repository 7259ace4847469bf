package api

import (
	"cmp"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// column is a field by which a list can be sorted and filtered: a number as a
// fraction of counts, which compares exactly, or a text. ok is false where a row
// has no value, or one that is withheld.
type column[T any] struct {
	number func(row T) (value iks.Ratio, ok bool)
	text   func(row T) string
}

// arrangement is how a list is asked for.
type arrangement struct {
	orderBy, filter, pageToken string
	pageSize                   uint32
}

// maxTerms of a filter.
const maxTerms = 8

// arrange filters and sorts rows by AIP-132 and AIP-160 (comparisons joined by
// AND) and cuts a page out of them; total is how many pass the filter. Rows come
// in their natural order, which also breaks ties.
func arrange[T any](rows []T, columns map[string]column[T], a arrangement) (page []T, next string, total int, err error) {
	if rows, err = filtered(rows, columns, a.filter); err != nil {
		return nil, "", 0, err
	}
	if err := sortRows(rows, columns, a.orderBy); err != nil {
		return nil, "", 0, err
	}
	key, err := parsePageToken(a.pageToken)
	if err != nil {
		return nil, "", 0, err
	}
	from := 0
	if key != "" {
		if from, err = strconv.Atoi(key); err != nil || from < 0 {
			return nil, "", 0, &errBadRequest{"page_token", "is not one that this service gave", textStale}
		}
	}
	total = len(rows)
	rows = rows[min(from, total):]
	if limit := pageSize(a.pageSize); len(rows) > limit {
		rows, next = rows[:limit], pageToken(strconv.Itoa(from+limit))
	}
	return rows, next, total, nil
}

func sortRows[T any](rows []T, columns map[string]column[T], orderBy string) error {
	name, direction, _ := strings.Cut(strings.TrimSpace(orderBy), " ")
	descending := strings.TrimSpace(direction) == "desc"
	if direction != "" && !descending && strings.TrimSpace(direction) != "asc" {
		return &errBadRequest{"order_by", `takes one field, and " desc" behind it`, textOrder}
	}
	if name == "" {
		return nil
	}
	c, ok := columns[name]
	if !ok {
		return &errBadRequest{"order_by", fmt.Sprintf("there is no field %q to sort by", name), textOrder}
	}
	slices.SortStableFunc(rows, func(x, y T) int { return c.compare(x, y, descending) })
	return nil
}

// compare orders two rows; those without a value come last either way.
func (c column[T]) compare(x, y T, descending bool) int {
	order := 0
	if c.text != nil {
		order = cmp.Compare(c.text(x), c.text(y))
	} else {
		a, hasA := c.number(x)
		b, hasB := c.number(y)
		if !hasA || !hasB {
			return boolOrder(!hasA, !hasB)
		}
		order = compareRatios(a, b)
	}
	if descending {
		return -order
	}
	return order
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// compareRatios compares fractions of counts that are not negative, exactly.
func compareRatios(a, b iks.Ratio) int {
	highA, lowA := bits.Mul64(uint64(a.Part), uint64(b.Whole))
	highB, lowB := bits.Mul64(uint64(b.Part), uint64(a.Whole))
	return cmp.Or(cmp.Compare(highA, highB), cmp.Compare(lowA, lowB))
}

// term is one comparison of a filter.
var term = regexp.MustCompile(`^([a-z][a-z_0-9]*)\s*(<=|>=|!=|=|<|>|:)\s*("[^"]*"|\S+)$`)

func filtered[T any](rows []T, columns map[string]column[T], filter string) ([]T, error) {
	if strings.TrimSpace(filter) == "" {
		return rows, nil
	}
	terms := strings.Split(filter, " AND ")
	if len(terms) > maxTerms {
		return nil, &errBadRequest{"filter", fmt.Sprintf("takes at most %d comparisons", maxTerms), textFilter}
	}
	for _, text := range terms {
		passes, err := predicate(columns, strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(row T) bool { return !passes(row) })
	}
	return rows, nil
}

func predicate[T any](columns map[string]column[T], text string) (func(row T) bool, error) {
	parts := term.FindStringSubmatch(text)
	if parts == nil {
		return nil, &errBadRequest{"filter", `takes comparisons such as iks < 0.5, joined by " AND "`, textFilter}
	}
	c, ok := columns[parts[1]]
	if !ok {
		return nil, &errBadRequest{"filter", fmt.Sprintf("there is no field %q", parts[1]), textFilter}
	}
	operator, value := parts[2], strings.Trim(parts[3], `"`)
	if c.text != nil {
		return textPredicate(c.text, operator, value)
	}
	want, err := parseRatio(value)
	if err != nil || operator == ":" {
		return nil, &errBadRequest{"filter", fmt.Sprintf("%s is compared with a number such as 12 or 0.5", parts[1]), textFilter}
	}
	return func(row T) bool {
		got, ok := c.number(row)
		return ok && holds(operator, compareRatios(got, want))
	}, nil
}

func textPredicate[T any](text func(T) string, operator, value string) (func(row T) bool, error) {
	switch operator {
	case ":":
		return func(row T) bool { return strings.Contains(strings.ToLower(text(row)), strings.ToLower(value)) }, nil
	case "=", "!=":
		return func(row T) bool { return holds(operator, cmp.Compare(text(row), value)) }, nil
	}
	return nil, &errBadRequest{"filter", "a text is compared by =, != or : (contains)", textFilter}
}

func holds(operator string, order int) bool {
	switch operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "!=":
		return order != 0
	}
	return order == 0
}

// maxDecimals of a number in a filter.
const maxDecimals = 6

// parseRatio reads "12" or "0.5" as a fraction.
func parseRatio(text string) (iks.Ratio, error) {
	whole, decimals, _ := strings.Cut(text, ".")
	if len(decimals) > maxDecimals {
		return iks.Ratio{}, fmt.Errorf("more than %d decimals", maxDecimals)
	}
	part, err := strconv.ParseUint(whole+decimals, 10, 52)
	if err != nil {
		return iks.Ratio{}, fmt.Errorf("read number: %w", err)
	}
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	return iks.Ratio{Part: int64(part), Whole: unit}, nil
}
