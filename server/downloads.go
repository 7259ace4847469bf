package server

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
)

// downloadStall is how long a receiver may take nothing.
const downloadStall = time.Minute

// files is a stream of a file's bytes.
type files = grpc.ServerStreamingClient[httpbody.HttpBody]

// downloads are the REST routes of files. The gateway would put line ends between
// a stream's parts and end one that failed as if it were whole.
func downloads(conn grpc.ClientConnInterface, refused unread) http.Handler {
	serve := func(w http.ResponseWriter, r *http.Request, err error, open func(ctx context.Context) (files, error)) {
		if err != nil {
			refuseFile(w, refused.refusal(r, err))
			return
		}
		refused.serveFile(w, r, open)
	}
	exports, feeds, reports := ksv1.NewExportServiceClient(conn), ksv1.NewFeedServiceClient(conn), ksv1.NewReportServiceClient(conn)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/exports/figures", func(w http.ResponseWriter, r *http.Request) {
		var in ksv1.ExportFiguresRequest
		serve(w, r, fromQuery(r, &in), func(ctx context.Context) (files, error) { return exports.ExportFigures(ctx, &in) })
	})
	mux.HandleFunc("POST /v1/exports/families", func(w http.ResponseWriter, r *http.Request) {
		var in ksv1.ExportFamiliesRequest
		serve(w, r, fromBody(r, &in), func(ctx context.Context) (files, error) { return exports.ExportFamilies(ctx, &in) })
	})
	mux.HandleFunc("GET /v1/exports/puskesmas/{puskesmas_code}/report", func(w http.ResponseWriter, r *http.Request) {
		var in ksv1.ExportPuskesmasReportRequest
		err := fromQuery(r, &in)
		in.PuskesmasCode = r.PathValue("puskesmas_code")
		serve(w, r, err, func(ctx context.Context) (files, error) { return reports.ExportPuskesmasReport(ctx, &in) })
	})
	mux.HandleFunc("GET /v1/feeds/figures", func(w http.ResponseWriter, r *http.Request) {
		var in ksv1.GetFeedRequest
		passwordAsToken(r)
		w.Header().Set("WWW-Authenticate", `Basic realm="Keluarga Sehat", charset="UTF-8"`)
		serve(w, r, fromQuery(r, &in), func(ctx context.Context) (files, error) { return feeds.GetFeed(ctx, &in) })
	})
	return mux
}

func fromQuery(r *http.Request, in proto.Message) error {
	if err := r.ParseForm(); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	if err := runtime.PopulateQueryParameters(in, r.Form, utilities.NewDoubleArray(nil)); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return nil
}

func fromBody(r *http.Request, in proto.Message) error {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = protojson.Unmarshal(body, in)
	}
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return nil
}

// passwordAsToken takes a feed token from where Excel's connector puts it.
func passwordAsToken(r *http.Request) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "basic") {
		return
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return
	}
	_, password, _ := strings.Cut(string(plain), ":")
	r.Header.Set("Authorization", "Bearer "+password)
	dropIllegible(r)
}

// serveFile passes a stream on, as the caller's own. A stream that fails breaks
// the connection off, so that no receiver takes the file for whole.
func (u unread) serveFile(w http.ResponseWriter, r *http.Request, open func(ctx context.Context) (files, error)) {
	control := http.NewResponseController(w)
	// What is left of the body is read while the server's own deadline runs: net/http reads
	// it before it answers.
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		refuseFile(w, u.refusal(r, status.Error(codes.InvalidArgument, err.Error())))
		return
	}
	// The deadline of reading would end the request's context; the one of writing is that
	// of short answers.
	now := time.Now()
	if err := errors.Join(control.SetReadDeadline(now.Add(writeTimeout)), control.SetWriteDeadline(now.Add(downloadStall))); err != nil {
		refuseFile(w, u(addressOf(r), err))
		return
	}
	ctx, cancel := context.WithCancel(asCaller(r))
	defer cancel()
	stream, header, err := admitted(ctx, open)
	var first *httpbody.HttpBody
	if err == nil {
		err = control.SetReadDeadline(time.Time{})
	}
	if err == nil {
		first, err = stream.Recv()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		refuseFile(w, u(addressOf(r), err))
		return
	}
	nameFile(w.Header(), header)
	out, end := compressed(w, r, header)
	for err == nil {
		if err = control.SetWriteDeadline(time.Now().Add(downloadStall)); err == nil {
			if _, err = out.Write(first.GetData()); err == nil {
				first, err = stream.Recv()
			}
		}
	}
	if !errors.Is(err, io.EOF) || end() != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set(rowCount, valueOf(stream.Trailer(), api.MetaRowCount))
	w.Header().Set(leftOut, valueOf(stream.Trailer(), api.MetaLeftOut))
}

// admitted opens a stream and waits for its head, which comes once the caller is let in.
func admitted(ctx context.Context, open func(ctx context.Context) (files, error)) (files, metadata.MD, error) {
	stream, err := open(ctx)
	if err != nil {
		return nil, nil, err
	}
	header, err := stream.Header()
	if err == nil && valueOf(header, api.MetaFileName) == "" {
		if _, err = stream.Recv(); err == nil { // which says why there is none
			err = status.Error(codes.Internal, "a file without a head")
		}
	}
	return stream, header, err
}

// Trailers of a file.
const (
	rowCount = "X-Row-Count"
	leftOut  = "X-Left-Out"
)

// asCaller carries who asks to the inside, as the gateway does.
func asCaller(r *http.Request) context.Context {
	return metadata.AppendToOutgoingContext(r.Context(), "x-forwarded-for", addressOf(r), "authorization", r.Header.Get("Authorization"))
}

func valueOf(md metadata.MD, name string) string {
	if list := md.Get(name); len(list) > 0 {
		return list[0]
	}
	return ""
}

func nameFile(h http.Header, md metadata.MD) {
	h.Del("WWW-Authenticate")
	h.Set("Content-Type", valueOf(md, api.MetaContentType))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": valueOf(md, api.MetaFileName)}))
	h.Set("X-Export-Id", valueOf(md, api.MetaExportID))
	h.Set("Trailer", rowCount+", "+leftOut)
}

// compressed gives a writer that compresses where the receiver takes that and it
// saves something: RAW shrinks to a tenth, a workbook is compressed already.
func compressed(w http.ResponseWriter, r *http.Request, md metadata.MD) (out io.Writer, end func() error) {
	if !api.TakesGzip(r) || strings.Contains(valueOf(md, api.MetaContentType), "spreadsheet") {
		return w, func() error { return nil }
	}
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	return packed, packed.Close
}

// refuseFile answers as the gateway does.
func refuseFile(w http.ResponseWriter, err error) {
	var own *runtime.HTTPStatusError
	if errors.As(err, &own) {
		err = own.Err
	}
	s := status.Convert(err)
	if s.Code() != codes.Unauthenticated {
		w.Header().Del("WWW-Authenticate")
	}
	api.SetRetryAfter(w.Header(), err)
	text, err := protojson.Marshal(s.Proto())
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	answered := runtime.HTTPStatusFromCode(s.Code())
	if own != nil {
		answered = own.HTTPStatus
	}
	w.WriteHeader(answered)
	if _, err := w.Write(text); err != nil {
		return // the client has gone
	}
}
