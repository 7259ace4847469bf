package field

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

// callers, in the order of accessCase's columns: those over the family's area,
// then those over another one, then nobody.
var callers = []string{
	"national", "province-32", "district-3204", "administrator-pown", "head-pown", "supervisor", "surveyor1",
	"province-33", "district-3205", "administrator-p3205010101", "head-p3205010101", "supervisor-p3205010101", "surveyor-p3205010101", "surveyor3",
	"",
}

// accessCase is what each caller gets: y the answer with data, e the answer
// without any, 1 unauthenticated, 3 forbidden, 4 not found, which tells nothing
// of whether there is such an area or family.
type accessCase struct {
	method string
	verb   string
	path   string
	own    string
	other  string
	nobody string
	// body of a POST.
	body string
}

// accessTable is DOMAIN.md section 6 by hand. {family}, {change}: real ids.
var accessTable = []accessCase{
	{"AccountService.CreateStaff", "POST", "/v1/accounts:createStaff", "333-333", "33-3333", "1", `{"staff":[{"person":{"fullName":"Baru","notCivilServant":true,"nik":"3204054101900009","position":"Perawat","mobile":"081234567890","email":"x@y.example"},"roles":["ROLE_SURVEYOR"]}]}`},
	{"AccountService.ReissueCode", "POST", "/v1/accounts/{surveyor}:reissueCode", "444-333", "4443333", "1", `{}`},
	{"AccountService.DisableAccount", "POST", "/v1/accounts/{surveyor}:disable", "444-333", "4443333", "1", `{}`},
	{"AccountService.EnableAccount", "POST", "/v1/accounts/{surveyor}:enable", "444y333", "4443333", "1", `{}`},
	{"AccountService.NameActingSupervisor", "POST", "/v1/accounts/{surveyor}:nameActingSupervisor", "3333y33", "3334333", "1", `{}`},
	{"AccountService.AssignAreas", "POST", "/v1/accounts:assignAreas", "333y333", "3343333", "1", `{"assignments":[{"account":{surveyor},"areas":["32.04.05.2001"]}],"dryRun":true}`},
	{"AccountService.GetAssignmentGaps", "GET", "/v1/assignments/gaps", "333y333", "33y3333", "1", ""},
	{"AccountService.ListAccounts", "GET", "/v1/accounts", "yyyyyy3", "yyyyy33", "1", ""},
	{"AccountService.ReviewAccess", "GET", "/v1/accessReview", "yyyyyy3", "yyyyy33", "1", ""},
	{"AccountService.ListDevices", "GET", "/v1/accounts/{surveyor}/devices", "444yyyy", "4444444", "1", ""},
	{"AccountService.GetDeviceHoldings", "GET", "/v1/devices/{device}/holdings", "444yyyy", "4444444", "1", ""},
	{"AccountService.RevokeDevice", "POST", "/v1/devices/{device}:revoke", "444-33-", "4444444", "1", `{}`},
	{"AccountService.ListSessions", "GET", "/v1/accounts/{surveyor}/sessions", "444y33y", "4444444", "1", ""},
	{"AccountService.EndSession", "POST", "/v1/sessions/{session}:end", "444-33-", "4444444", "1", `{}`},
	{"AreaService.GetArea", "GET", "/v1/areas/32.04.05.2001", "yyyyyyy", "yyyyyyy", "1", ""}, // names and codes are public
	{"AreaService.ListAreas", "GET", "/v1/areas?parent=32.04.05", "yyyyyyy", "yyyyyyy", "1", ""},
	{"AreaService.ListPuskesmas", "GET", "/v1/puskesmas?district=32.04", "yyyyyyy", "yyyyyyy", "1", ""},
	{"AuditService.ListAuditEntries", "GET", "/v1/audit/entries", "y3yyyyy", "3yyyyyy", "1", ""},
	{"AuditService.ListAuditEntries", "GET", "/v1/audit/entries?familyId={family}", "4344yyy", "3444444", "1", ""},
	{"AuthService.GetSelf", "GET", "/v1/auth/self", "yyyyyyy", "yyyyyyy", "1", ""},
	{"ExportService.ListExports", "GET", "/v1/exports", "eeeeee3", "eeeee33", "1", ""},
	{"ExportService.ExportFigures", "GET", "/v1/exports/figures?area=32.04.05.2001", "yyyyyy3", "4444433", "1", ""},
	{"ExportService.ExportFigures", "GET", "/v1/exports/figures?puskesmasCode=" + PuskesmasCode, "yyyyyy3", "4444433", "1", ""},
	{"ExportService.ExportFamilies", "POST", "/v1/exports/families", "3333yy3", "3334433", "1", `{"area":"32.04.05.2001","reason":"percobaan hak akses"}`},
	{"ExportService.ListExports", "GET", "/v1/exports", "yyyyyy3", "eeeee33", "1", ""}, // each the own ones
	{"ExportService.GetExport", "GET", "/v1/exports/{batch}", "4444443", "4444433", "1", ""},
	{"FeedService.GetFeed", "GET", "/v1/feeds/figures?area=32.04.05.2001", "1111111", "1111111", "1", ""}, // for feed tokens alone
	{"FeedService.CreateFeedToken", "POST", "/v1/feedTokens", "yyyyyy3", "4444433", "1", `{"name":"uji","days":1,"area":"32.04.05.2001"}`},
	{"FeedService.ListFeedTokens", "GET", "/v1/feedTokens", "yyyyyy3", "eeeee33", "1", ""},
	{"FeedService.RevokeFeedToken", "POST", "/v1/feedTokens/1:revoke", "y444443", "4444433", "1", `{}`}, // the first is the nation's
	{"FamilyService.GetFamily", "GET", "/v1/families/{family}", "3333yyy", "3334444", "1", ""},
	{"FamilyService.ListFamilies", "GET", "/v1/families?area=32.04.05.2001", "3333yyy", "333eeee", "1", ""},
	{"FamilyService.ListFamilies", "GET", "/v1/families", "3333yyy", "333eeee", "1", ""},
	{"FamilyService.ListFamilyHistory", "GET", "/v1/families/{family}/history", "3333yyy", "3334444", "1", ""},
	{"FamilyService.ListConflicts", "GET", "/v1/conflicts?area=32.04.05.2001", "3333eee", "333eeee", "1", ""},
	{"FamilyService.ResolveConflict", "POST", "/v1/families/{family}:resolveConflict", "33333-3", "3333433", "1", `{"kind":"RECORD_KIND_FAMILY","field":9,"seenDigest":"AAAAAAAAAAAAAAAAAAAAAA==","valueJson":"\"x\""}`},
	{"FamilyService.MergeFamily", "POST", "/v1/families/{family}:mergeInto", "33333-3", "3333433", "1", `{"keptFamilyId":"{family}"}`},
	{"FamilyService.ListDuplicates", "GET", "/v1/duplicates?area=32.04.05.2001", "3333eee", "333eeee", "1", ""},
	{"FamilyService.DecideDuplicate", "POST", "/v1/families/{family}:decideDuplicate", "33333-3", "3333433", "1", `{"decision":{"action":"DUPLICATE_ACTION_MOVED","tokens":["AAAAAAAAAAAAAA=="]}}`},
	{"FamilyService.ListDuplicateCases", "GET", "/v1/duplicates/cases", "33e3333", "3e33333", "1", ""},
	{"FamilyService.ListQuarantine", "GET", "/v1/quarantine", "33333y3", "3333e33", "1", ""},
	{"FamilyService.DecideQuarantine", "POST", "/v1/quarantine/{change}:decide", "33333-3", "3333433", "1", `{"admit":true}`},
	{"FormService.ListHouseholds", "GET", "/v1/forms?area=32.04.05.2001", "33333yy", "3333eee", "1", ""},
	{"FormService.GetForm", "GET", "/v1/forms/{family}", "33333yy", "3333444", "1", ""},
	{"FormService.StartForm", "POST", "/v1/forms", "33333--", "333333-", "1", `{"villageCode":"32.04.05.2001","place":"003/007"}`},
	{"FormService.SaveForm", "POST", "/v1/forms/{family}:save", "33333--", "3333444", "1", `{"etag":"x"}`},
	{"FormService.SubmitForms", "POST", "/v1/forms:submit", "33333--", "3333444", "1", `{"familyIds":["{family}"]}`},
	{"FormService.GetQuestionnaire", "GET", "/v1/questionnaire", "yyyyyyy", "yyyyyyy", "1", ""},
	{"IndexService.GetAreaIndex", "GET", "/v1/areas/32.04.05.2001/index", "yyyyyyy", "4444444", "1", ""},
	{"IndexService.GetAreaIndex", "GET", "/v1/puskesmas/" + PuskesmasCode + "/index", "yyyyyy4", "4444444", "1", ""},
	{"IndexService.ListAreaIndexes", "GET", "/v1/areas/32.04.05.2001/indexes", "yyyyyyy", "4444444", "1", ""},
	{"IndexService.GetTrend", "GET", "/v1/areas/32.04.05.2001/trend", "yyyyyyy", "4444444", "1", ""},
	{"IndexService.GetTrend", "GET", "/v1/puskesmas/" + PuskesmasCode + "/trend?step=TREND_STEP_MONTH", "yyyyyy4", "4444444", "1", ""},
	{"IndexService.ExplainChange", "GET", "/v1/areas/32.04.05.2001/change", "yyyyyyy", "4444444", "1", ""},
	{"InterventionService.ListChangedFamilies", "GET", "/v1/areas/32.04.05.2001/change/families", "3333yyy", "3334444", "1", ""},
	{"InterventionService.ListChangedFamilies", "GET", "/v1/puskesmas/" + PuskesmasCode + "/change/families", "3333yy4", "3334444", "1", ""},
	{"InterventionService.ListPriorityFamilies", "GET", "/v1/areas/32.04.05.2001/priorities/families", "3333yyy", "3334444", "1", ""},
	{"InterventionService.ListPriorityFamilies", "GET", "/v1/puskesmas/" + PuskesmasCode + "/priorities/families", "3333yy4", "3334444", "1", ""},
	{"IndexService.ListIndicatorPriorities", "GET", "/v1/areas/32.04.05.2001/priorities", "yyyyyyy", "4444444", "1", ""},
	{"RegistrationService.GetRegistrationRules", "GET", "/v1/registrationRules", "yyyyyyy", "yyyyyyy", "y", ""},
	{"RegistrationService.GetRegistrationForm", "GET", "/v1/registrationForm?kind=REGISTRATION_FORM_KIND_CSV", "yyyyyyy", "yyyyyyy", "y", ""},
	{"RegistrationService.SetRegistrationRules", "POST", "/v1/registrationRules", "y333333", "3333333", "1", `{"rules":{"administrators":1,"supervisors":1,"surveyors":10,"heads":1}}`},
	{"RegistrationService.ListRegistrations", "GET", "/v1/registrations", "yyy3333", "ee33333", "1", ""},
	{"RegistrationService.ListRegistrations", "GET", "/v1/registrations?area=32&waiting=true", "yye3333", "ee33333", "1", ""}, // a district has no province
	{"RegistrationService.CreateRegistration", "POST", "/v1/registrations", "33y3333", "3y33333", "1", `{}`},
	{"RegistrationService.ReceiveRegistration", "POST", "/v1/registrations:receive", "-333333", "3333333", "1", `{"form":"QQ==","letterPdf":"QQ==","channel":"REGISTRATION_CHANNEL_POST"}`},
	{"RegistrationService.GetRegistration", "GET", "/v1/registrations/{registration}", "yyy3333", "4433333", "1", ""},
	{"RegistrationService.SetRegistrationPuskesmas", "PUT", "/v1/registrations/{registration}/puskesmas/P3204050101", "33-3333", "3433333", "1", `{}`},
	{"RegistrationService.RemoveRegistrationPuskesmas", "DELETE", "/v1/registrations/{registration}/puskesmas/P3204050101", "33-3333", "3433333", "1", ""},
	{"RegistrationService.SetRegistrationOffices", "PUT", "/v1/registrations/{registration}/offices", "33-3333", "3433333", "1", `{}`},
	{"RegistrationService.SetRegistrationLetter", "PUT", "/v1/registrations/{registration}/letter", "33-3333", "3433333", "1", `{"letter":{}}`},
	{"RegistrationService.GetRegistrationLetter", "GET", "/v1/registrations/{registration}/letter", "yyy3333", "4433333", "1", ""},
	{"RegistrationService.CheckRegistration", "GET", "/v1/registrations/{registration}/findings", "yyy3333", "4433333", "1", ""},
	{"RegistrationService.RecordRegistrationCopy", "POST", "/v1/registrations/{registration}:recordCopy", "33-3333", "3433333", "1", `{"channel":"REGISTRATION_CHANNEL_POST"}`},
	{"RegistrationService.SubmitRegistration", "POST", "/v1/registrations/{registration}:submit", "33-3333", "3433333", "1", `{"channel":"REGISTRATION_CHANNEL_POST"}`},
	{"RegistrationService.WithdrawRegistration", "POST", "/v1/registrations/{registration}:withdraw", "33-3333", "3433333", "1", `{"reason":"salah"}`},
	{"RegistrationService.BeginVerification", "POST", "/v1/registrations/{registration}:beginVerification", "-333333", "3333333", "1", `{}`},
	{"RegistrationService.AcceptRegistration", "POST", "/v1/registrations/{registration}:accept", "-333333", "3333333", "1", `{}`},
	{"RegistrationService.ReturnRegistration", "POST", "/v1/registrations/{registration}:return", "-333333", "3333333", "1", `{"reason":"kurang"}`},
	{"RegistrationService.RefuseRegistration", "POST", "/v1/registrations/{registration}:refuse", "-333333", "3333333", "1", `{"reason":"kurang"}`},
	{"RegistrationService.IssueRegistrationAccounts", "POST", "/v1/registrations/{registration}:issueAccounts", "-333333", "3333333", "1", `{}`},
	{"RegistrationService.GetActivationPackage", "GET", "/v1/registrations/{registration}/package", "-3-3333", "4433333", "1", ""},
	{"RegistrationService.RecordDistribution", "POST", "/v1/registrations/{registration}:recordDistribution", "33-3333", "3433333", "1", `{}`},
	{"RegistrationService.ListRegistrationEvents", "GET", "/v1/registrations/{registration}/events", "yyy3333", "4433333", "1", ""},
	{"RegistrationService.ListNominees", "GET", "/v1/nominees", "yyye333", "eee3333", "1", ""},
	{"RegistrationService.ListNominees", "GET", "/v1/nominees?registration={registration}", "yyye333", "44e3333", "1", ""},
	{"RegistrationService.FindNominees", "POST", "/v1/nominees:find", "yyye333", "eee3333", "1", `{"nik":"3204054101900077"}`},
	{"RegistrationService.ProposeReplacement", "POST", "/v1/nominees/{nominee}:proposeReplacement", "3334333", "3443333", "1", `{"person":{"fullName":"Baru"}}`},
	{"RegistrationService.AdmitReplacement", "POST", "/v1/nominees/{nominee}:admit", "33-3333", "3433333", "1", `{}`},
	{"RegistrationService.AcceptReplacement", "POST", "/v1/nominees/{nominee}:accept", "-333333", "3333333", "1", `{}`},
	{"RegistrationService.RefuseReplacement", "POST", "/v1/nominees/{nominee}:refuse", "3333333", "4433333", "1", `{"reason":"kurang"}`},
	{"ReportService.GetPuskesmasReport", "GET", "/v1/puskesmas/" + PuskesmasCode + "/report", "yyyyyy4", "4444444", "1", ""},
	{"ReportService.ExportPuskesmasReport", "GET", "/v1/exports/puskesmas/" + PuskesmasCode + "/report", "yyyyyy3", "4444433", "1", ""},
	{"SupportService.GetSupport", "GET", "/v1/support", "yyyyyyy", "yyyyyyy", "1", ""},
	{"SupportService.SetSupport", "PUT", "/v1/support/32.04", "33y3333", "3333333", "1", `{"contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}`},
	{"SupportService.SetSupport", "PUT", "/v1/support/id", "y333333", "3333333", "1", `{"contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}`},
	{"BackupService.DeliverBackup", "POST", "/v1/backups:deliver", "33333y3", "3333433", "1", `{"part":"{backup}"}`},
	{"CivilRegistryService.LookUpPerson", "POST", "/v1/civilRegistry:lookUpPerson", "33333yy", "3333333", "1", `{"nik":"3204054101900077","serves":{"familyId":"{family}","area":"32.04.05.2001/001/001","purpose":"LOOK_UP_PURPOSE_VERIFY_NUMBER"}}`},
	{"CivilRegistryService.LookUpFamilyCard", "POST", "/v1/civilRegistry:lookUpFamilyCard", "33333yy", "3333333", "1", `{"nkk":"3204054101900077","serves":{"familyId":"{family}","area":"32.04.05.2001/001/001","purpose":"LOOK_UP_PURPOSE_ENTER_MEMBERS"}}`},
	{"ReviewService.ListReviewQueue", "GET", "/v1/review/queue?area=32.04.05.2001", "33333y3", "3333e33", "1", ""},
	{"ReviewService.ListBatches", "GET", "/v1/review/batches", "3333yyy", "333eeee", "1", ""},
	{"ReviewService.GetBatch", "GET", "/v1/review/batches/{batch}", "3333yyy", "3334444", "1", ""},
	{"ReviewService.GetReviewDifferences", "GET", "/v1/families/{family}/differences", "3333yyy", "3334444", "1", ""},
	{"ReviewService.ListVerdicts", "GET", "/v1/families/{family}/verdicts", "3333eee", "3334444", "1", ""},
	{"ReviewService.JudgeFamily", "POST", "/v1/families/{family}:judge", "33333-3", "3333433", "1", `{"outcome":"VERDICT_OUTCOME_APPROVED","judgedDigest":"AAAAAAAAAAAAAAAAAAAAAA=="}`},
	{"ReviewService.ApproveFamilies", "POST", "/v1/review:approve", "33333y3", "3333y33", "1", `{"families":[{"familyId":"{family}","judgedDigest":"AAAAAAAAAAAAAAAAAAAAAA=="}]}`},
	{"ProgressService.GetProgress", "GET", "/v1/areas/32.04.05.2001/progress", "yyyyyyy", "4444444", "1", ""},
	{"ProgressService.ListProgress", "GET", "/v1/areas/32.04.05.2001/progress/parts", "yyyyyyy", "4444444", "1", ""},
	{"ProgressService.ListProgress", "GET", "/v1/puskesmas/" + PuskesmasCode + "/progress/parts", "yyyyyy4", "4444444", "1", ""},
	{"ProgressService.ListDailyProgress", "GET", "/v1/areas/32.04.05.2001/progress/days", "yyyyyyy", "4444444", "1", ""},
	{"ProgressService.ListSurveyorProgress", "GET", "/v1/progress/surveyors?area=32.04.05.2001", "333yyyy", "3344444", "1", ""},
}

// withoutCaller are methods that no account is needed for, or that concern the
// caller alone; they are tried by tests of their own.
var withoutCaller = map[string]bool{"AccountService.Activate": true, "AccountService.ChangePassword": true, "AuthService.SignIn": true, "AuthService.RefreshToken": true, "AuthService.SignOut": true, "SyncService.Sync": true, "SyncService.Deposit": true}

func TestEveryMethodGivesEachRoleWhatItMaySee(t *testing.T) {
	onEachEngine(t, 3, everyMethodGivesEachRoleWhatItMaySee)
}

func everyMethodGivesEachRoleWhatItMaySee(t *testing.T, f *Field) {
	family, batch, change, name := accessWorld(t, f)
	withRegistry(t, f, registry.Options{}).Put(cardOf(3204054101900077))
	inForce(t, f, "supervisor", "surveyor1", "supervisor-p3205010101", "surveyor-p3205010101", "surveyor3")
	device := newRawDevice(t, f, "surveyor1")
	surveyor := strconv.Itoa(int(f.Surveyors[0].Account))
	replaced := []string{
		"{family}", family, "{batch}", batch, "{change}", change, "{surveyor}", surveyor, "{device}", strconv.Itoa(int(device.tokens.GetDeviceNumber())),
		"{session}", sessionOf(t, device), "{backup}", backupBy(t, device),
	}
	replaced = append(replaced, submittedRegistration(t, f)...)
	tried := map[string]bool{}
	tokens := map[string]string{"": ""}
	for _, c := range callers {
		if c != "" {
			tokens[c] = restToken(t, f, c)
		}
	}
	for _, x := range accessTable {
		tried[x.method] = true
		path := strings.NewReplacer(replaced...).Replace(x.path)
		for i, want := range x.own + x.other + x.nobody {
			if want == '-' {
				continue // would decide what others are still to ask for
			}
			status, data := rest(t, f, x.verb, tokens[callers[i]], path, strings.NewReplacer(replaced...).Replace(x.body))
			if got := outcome(status, data); got != want {
				t.Errorf("%s %s as %q: %d, which is %c, want %c: %s", x.verb, x.path, callers[i], status, got, want, clip(data))
			}
			if want != 'y' && (bytes.Contains(data, []byte(name)) || bytes.Contains(data, []byte("001/001"))) {
				t.Errorf("%s %s as %q tells of the family: %s", x.verb, x.path, callers[i], clip(data))
			}
		}
	}
	protoregistry.GlobalFiles.RangeFilesByPackage("keluargasehat.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				name := fmt.Sprintf("%s.%s", methods.Get(j).Parent().Name(), methods.Get(j).Name())
				if !tried[name] && !withoutCaller[name] {
					t.Errorf("%s is tried by nobody", name)
				}
			}
		}
		return true
	})
}

// outcome sorts an answer; an answer without data is {} or has nothing but
// empty lists and a time.
func outcome(status int, data []byte) rune {
	switch status {
	case 401:
		return '1'
	case 403:
		return '3'
	case 404:
		return '4'
	case 200:
		for _, list := range []string{`{"families":[]`, `{"conflicts":[]`, `{"duplicates":[]`, `{"cases":[]`, `{"changes":[]`, `{"registrations":[]`, `{"items":[]`, `{"batches":[]`, `{"verdicts":[]`, `{"nominees":[]`, `{"households":[]`, `{"exports":[]`, `{"tokens":[]`} {
			if bytes.HasPrefix(data, []byte(list)) {
				return 'e'
			}
		}
		return 'y'
	}
	return '?'
}

func clip(data []byte) []byte { return data[:min(len(data), 200)] }

// accessWorld makes a family, a change in quarantine, and accounts of every role
// here and elsewhere.
func accessWorld(t *testing.T, f *Field) (family, batch, change, name string) {
	t.Helper()
	for _, o := range []struct {
		name string
		role ksv1.Role
		area string
	}{
		{"national", ksv1.Role_ROLE_NATIONAL, ""}, {"province-32", ksv1.Role_ROLE_PROVINCE, "32"}, {"district-3204", ksv1.Role_ROLE_DISTRICT, "32.04"},
		{"province-33", ksv1.Role_ROLE_PROVINCE, "33"}, {"district-3205", ksv1.Role_ROLE_DISTRICT, "32.05"},
	} {
		if err := f.AddOffice(t.Context(), o.name, o.role, o.area); err != nil {
			t.Fatal(err)
		}
	}
	for role, name := range map[ksv1.Role]string{ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: "administrator-pown", ksv1.Role_ROLE_PUSKESMAS_HEAD: "head-pown"} {
		if _, err := f.addAccount(t.Context(), name, name, role, nil); err != nil {
			t.Fatal(err)
		}
	}
	err := f.AddPuskesmas(t.Context(), store.Puskesmas{Code: "P3205010101", Name: "Puskesmas Lain", District: "32.05", Villages: []string{"32.05.01.2001"}},
		[]store.Area{{Code: "32.05", Name: "Garut"}, {Code: "32.05.01", Name: "Lain"}, {Code: "32.05.01.2001", Name: "Desa Lain"}})
	if err != nil {
		t.Fatal(err)
	}
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(21, 320405, time.Now())
	one, two := g.Family(), g.Family()
	id, err := Interview(t.Context(), u, village(t, u), "001/001", one)
	if err != nil {
		t.Fatal(err)
	}
	submitted, err := u.Submit(t.Context(), []clientsdk.ID{id}, "")
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", two); err != nil {
		t.Fatal(err)
	}
	assign := func(to ...string) {
		if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, to); err != nil {
			t.Fatal(err)
		}
	}
	assign("32.04.05.2001/002/001")
	mustSync(t, u)
	assign("32.04.05.2001")
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, restToken(t, f, "supervisor"), "/v1/quarantine", &list)
	if len(list.Changes) == 0 {
		t.Fatal("nothing in quarantine")
	}
	return id.String(), submitted.String(), list.Changes[0].ChangeID, one.Family.GetHeadName()
}
