// Generated from the contract by scripts/api.mjs; `make generate` writes it anew.

export interface paths {
    "/v1/app:activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate gives an account its first password, from a card. Errors:
         *     INVALID_ARGUMENT, UNAVAILABLE.
         */
        post: operations["AppService_Activate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:carryBackup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * CarryBackup takes another device's backup file, to deliver it with the next
         *     sync. Only a supervisor does. Errors: UNAUTHENTICATED, PERMISSION_DENIED,
         *     INVALID_ARGUMENT for what is no such file, FAILED_PRECONDITION for a damaged one:
         *     what was left of it was taken; RESOURCE_EXHAUSTED.
         */
        post: operations["AppService_CarryBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:exportBackup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ExportBackup writes what is unsent to a file that only the server can open; a
         *     supervisor brings it there. With nobody signed in it needs the user's name, and
         *     no password. Errors: NOT_FOUND where there is nothing unsent, or no such user.
         */
        post: operations["AppService_ExportBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:fillFromCard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * FillFromCard enters the persons of a family card, from the civil registry
         *     through the server, as members. That it did not go is an outcome, and the
         *     surveyor goes on by hand. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_ARGUMENT
         *     for a number that is none.
         */
        post: operations["AppService_FillFromCard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:keepOpen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * KeepOpen tells that somebody is at work, as who types what is not saved yet: an app
         *     that nobody touches locks, and calls by who is signed in are all that it knows of. A
         *     page tells it seldom, as once a minute. Errors: UNAUTHENTICATED.
         */
        post: operations["AppService_KeepOpen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lock closes the user's data. */
        post: operations["AppService_Lock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:setUp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SetUp keeps where the server is, from the link or QR code of an
         *     administrator. Errors: INVALID_ARGUMENT; FAILED_PRECONDITION where users have
         *     data on the device, which belong to the present server.
         */
        post: operations["AppService_SetUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:signIn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SignIn opens a user's data: with network the first time, offline afterwards.
         *     Errors: UNAUTHENTICATED, RESOURCE_EXHAUSTED with a delay after wrong
         *     passwords, UNAVAILABLE where the first sign-in has no network.
         */
        post: operations["AppService_SignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:signInAgain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SignInAgain gives the server the password once more, where a sync asked for it
         *     (SyncState.sign_in_again): after a change of the password, three months without
         *     a sync, or a hand-over. Errors: UNAUTHENTICATED, UNAVAILABLE.
         */
        post: operations["AppService_SignInAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app:splitFamily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SplitFamily makes members of a family a family of their own, in the same RT,
         *     offline like every save. Its No. KK is entered later, and it is surveyed as a
         *     family of its own. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_ARGUMENT where
         *     the members are none who can go, or nobody would stay.
         */
        post: operations["AppService_SplitFamily"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/areas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** ListAreas lists the user's RT with how far each is. Errors: UNAUTHENTICATED. */
        get: operations["AppService_ListAreas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/carried": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListCarried lists the files that were taken, the newest first, with what the
         *     server made of them. Errors: UNAUTHENTICATED.
         */
        get: operations["AppService_ListCarried"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** ListContacts lists the desks as the last sync on this device brought them. */
        get: operations["HelpService_ListContacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/handover:accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * AcceptHandover takes the supervisor's answer and signs the colleague in. Errors:
         *     INVALID_ARGUMENT for an answer that does not fit, RESOURCE_EXHAUSTED after too
         *     many of them, FAILED_PRECONDITION where nothing was asked for, or too long ago.
         */
        post: operations["HandoverService_AcceptHandover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/handover:begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * BeginHandover asks for this device to be handed over; a new request replaces the
         *     one before. Errors: NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION where it
         *     can't be handed over (now).
         */
        post: operations["HandoverService_BeginHandover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/handover:colleagues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ListColleagues lists who may take over from a user of this device, whose data
         *     stay locked. Errors: NOT_FOUND for a user without data here, UNAVAILABLE while
         *     they are open.
         */
        post: operations["HandoverService_ListColleagues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/handover:read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ReadHandover reads the code that another device shows, for a supervisor to look
         *     at. Errors: UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT.
         */
        post: operations["HandoverService_ReadHandover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/handover:sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * SignHandover signs it and gives the answer, to be shown to the other device.
         *     Errors: as ReadHandover.
         */
        post: operations["HandoverService_SignHandover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListOutbox lists the families that hold own changes, the newest first, with
         *     where these stand. Errors: UNAUTHENTICATED.
         */
        get: operations["AppService_ListOutbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/review:approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ApproveClean approves many families, each for itself; one with a finding, or
         *     one that is not what was looked at, is not approved so. Errors: as ListQueue.
         */
        post: operations["DeskService_ApproveClean"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/review/families/{familyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** GetReviewed gives a family to be judged. Errors: as ListQueue, and NOT_FOUND. */
        get: operations["DeskService_GetReviewed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/review/families/{familyId}:judge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Judge keeps a verdict on the state that was looked at. Errors: as
         *     GetReviewed; ABORTED where it would not apply.
         */
        post: operations["DeskService_Judge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/review/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListQueue lists the families that wait for a verdict, longest waiting first.
         *     Errors: UNAUTHENTICATED, PERMISSION_DENIED for who may not review.
         */
        get: operations["DeskService_ListQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/review/verdicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ListVerdicts lists the verdicts passed on this device, newest first, with
         *     where each stands. Errors: UNAUTHENTICATED.
         */
        get: operations["DeskService_ListVerdicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/review/verdicts:acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * AcknowledgeVerdicts notes that the user has read that verdicts were not applied:
         *     they are not counted any more. Others are passed over. Errors: UNAUTHENTICATED.
         */
        post: operations["DeskService_AcknowledgeVerdicts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * GetStatus tells who is signed in and how everything stands; it can be called
         *     by nobody signed in too.
         */
        get: operations["AppService_GetStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/sync:start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * StartSync begins a sync, or joins the one under way. Errors:
         *     UNAUTHENTICATED.
         */
        post: operations["AppService_StartSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/app/today": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** GetToday lists what to do today. Errors: UNAUTHENTICATED. */
        get: operations["AppService_GetToday"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description AcceptHandoverRequest is the supervisor's answer. */
        AcceptHandoverRequest: {
            /** @description Its text; blanks, dashes and case don't matter. */
            answer?: string;
            /** @description Under which the colleague's data will lie: the account's own. */
            password?: string;
        };
        /** @description AcceptHandoverResponse is empty: the colleague is signed in. */
        AcceptHandoverResponse: Record<string, never>;
        /** @description AcknowledgeVerdictsRequest names verdicts. */
        AcknowledgeVerdictsRequest: {
            /** @description Ids (UUID text). */
            verdictIds?: string[];
        };
        /** @description AcknowledgeVerdictsResponse is empty. */
        AcknowledgeVerdictsResponse: Record<string, never>;
        /** @description ActivateRequest is what a card says, and the password that its owner chooses. */
        ActivateRequest: {
            /** @description One-time code on the card. */
            code?: string;
            /** @description Password chosen. */
            newPassword?: string;
            /** @description NIK of its owner, 16 digits. */
            nik?: string;
            /** @description Name on the card. */
            userName?: string;
        };
        /** @description ActivateResponse is empty: sign in now. */
        ActivateResponse: Record<string, never>;
        /**
         * @description Answer to a Ya/Tidak question. An absent field means "not answered" (or not
         *     asked); which of the two follows from the questionnaire's rules.
         *
         *      - ANSWER_UNSPECIFIED: Not answered; same as an absent field.
         *      - ANSWER_YA: Ya (paper code 1, RAW "Y").
         *      - ANSWER_TIDAK: Tidak (paper code 2, RAW "T").
         * @default ANSWER_UNSPECIFIED
         * @enum {string}
         */
        Answer: "ANSWER_UNSPECIFIED" | "ANSWER_YA" | "ANSWER_TIDAK";
        Any: {
            "@type"?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description ApproveCleanRequest names families with the states looked at. */
        ApproveCleanRequest: {
            /** @description The families. */
            families?: components["schemas"]["JudgedState"][];
        };
        /** @description ApproveCleanResponse tells which were approved. */
        ApproveCleanResponse: {
            /** @description Ids (UUID text). */
            familyIds?: string[];
        };
        /** @description BeginHandoverRequest says from whom to whom. */
        BeginHandoverRequest: {
            /** @description Colleague. */
            incoming?: string;
            /** @description User of this device. */
            outgoing?: string;
            /**
             * @description Supervisor who will sign. Absent: whoever it is; the code is shorter, and the
             *     families stay shut.
             */
            supervisor?: string;
        };
        /** @description BeginHandoverResponse is what to show to the supervisor. */
        BeginHandoverResponse: {
            code?: components["schemas"]["HandoverCode"];
            /** @description Twelve figures in groups of three, that the supervisor's device must show too. */
            match?: string;
            /**
             * Format: date-time
             * @description When it is void.
             */
            until?: string;
        };
        /** @description CarriedFile is a backup file of another device. */
        CarriedFile: {
            /**
             * Format: int64
             * @description Of them with the server.
             */
            applied?: number;
            /**
             * Format: int64
             * @description Parts that the server has answered: with all of them its work is applied, not
             *     only received.
             */
            delivered?: number;
            /**
             * Format: int64
             * @description Number of the device that it is of.
             */
            device?: number;
            /**
             * Format: int64
             * @description Parts taken here.
             */
            here?: number;
            /**
             * Format: int64
             * @description Pieces of work in it.
             */
            items?: number;
            /**
             * Format: date-time
             * @description When the file was made, by that device's clock.
             */
            madeAt?: string;
            /**
             * Format: int64
             * @description Parts of the file, those taken here, and those that the server has answered.
             */
            parts?: number;
            /**
             * Format: int64
             * @description Waiting for a decision.
             */
            quarantined?: number;
            /**
             * @description Why the server refused a part as a whole, or pieces of work in it: in words of
             *     verdicts of a revoked device, else stable. Absent: it refused none.
             */
            reason?: string;
            /**
             * Format: date-time
             * @description When it was taken here.
             */
            receivedAt?: string;
            /**
             * Format: int64
             * @description That the server can't take.
             */
            refused?: number;
        };
        /** @description CarryBackupRequest is another device's file. */
        CarryBackupRequest: {
            /**
             * Format: byte
             * @description Its bytes.
             */
            file?: string;
        };
        /** @description CarryBackupResponse tells what was new. */
        CarryBackupResponse: {
            /**
             * Format: int64
             * @description Parts that were not here yet; 0: the same file was taken before.
             */
            newParts?: number;
        };
        /**
         * @description Category of a family or area (DOMAIN.md section 4).
         *
         *      - CATEGORY_UNSPECIFIED: No index.
         *      - CATEGORY_TIDAK_SEHAT: "tidak sehat": below 0.500.
         *      - CATEGORY_PRA_SEHAT: "pra-sehat": 0.500 to 0.800, bounds included.
         *      - CATEGORY_SEHAT: "sehat": above 0.800.
         *      - CATEGORY_BELUM_LENGKAP: "belum lengkap": an applicable question has no answer.
         *      - CATEGORY_TIDAK_TERDEFINISI: "tidak terdefinisi": no indicator applies.
         * @default CATEGORY_UNSPECIFIED
         * @enum {string}
         */
        Category: "CATEGORY_UNSPECIFIED" | "CATEGORY_TIDAK_SEHAT" | "CATEGORY_PRA_SEHAT" | "CATEGORY_SEHAT" | "CATEGORY_BELUM_LENGKAP" | "CATEGORY_TIDAK_TERDEFINISI";
        /**
         * @description Conflict is a register that holds several values none of whose authors had
         *     seen the others.
         */
        Conflict: {
            /** @description Path of its RT, "32.04.05.2001/003/007". */
            area?: string;
            /**
             * Format: byte
             * @description Digest of the family's state that holds them, 16 bytes: what a resolution
             *     names as seen.
             */
            digest?: string;
            /** @description Family (UUID text). */
            familyId?: string;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            /** @description Field's name in the contract. Absent: not known to this version. */
            fieldName?: string;
            /** @description Name of the head. */
            headName?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Number of the question. Absent: no question. */
            question?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
            /** @description The values, the one shown first. */
            values?: components["schemas"]["ConflictValue"][];
        };
        /** @description ConflictValue is one of a conflict's values. */
        ConflictValue: {
            /**
             * Format: int64
             * @description Number of the author's account.
             */
            author?: number;
            /** @description User name of the author. Absent on a device that does not know it. */
            authorName?: string;
            stamp?: components["schemas"]["Stamp"];
            /** @description Value as protojson text. Absent: cleared. */
            valueJson?: string;
        };
        /**
         * @description ContraceptionReason is why a couple uses no method (V.11; RAW kb_detail).
         *
         *      - CONTRACEPTION_REASON_UNSPECIFIED: No reason given.
         *      - CONTRACEPTION_REASON_REPRODUCTIVE_DISORDER: Gangguan reproduksi.
         *      - CONTRACEPTION_REASON_WANTS_CHILD: Masih menginginkan anak dan jumlah anak ≤ 2.
         *      - CONTRACEPTION_REASON_MENOPAUSE: Sudah menopause.
         * @default CONTRACEPTION_REASON_UNSPECIFIED
         * @enum {string}
         */
        ContraceptionReason: "CONTRACEPTION_REASON_UNSPECIFIED" | "CONTRACEPTION_REASON_REPRODUCTIVE_DISORDER" | "CONTRACEPTION_REASON_WANTS_CHILD" | "CONTRACEPTION_REASON_MENOPAUSE";
        /** @description Counts is how many of the user's changes stand where. */
        Counts: {
            /**
             * Format: int64
             * @description Applied by the central store.
             */
            applied?: number;
            /**
             * Format: int64
             * @description Verdicts that the server did not apply, as ListVerdicts lists them with not_applied.
             */
            notApplied?: number;
            /**
             * Format: int64
             * @description Saved, not sent.
             */
            pending?: number;
            /**
             * Format: int64
             * @description Waiting for a supervisor's decision.
             */
            quarantined?: number;
            /**
             * Format: int64
             * @description Refused, to be corrected.
             */
            refused?: number;
            /**
             * Format: int64
             * @description Submissions and verdicts that are not sent.
             */
            steps?: number;
        };
        /**
         * @description Double is a pair of families that share identifiers, as one of the two has
         *     it. Within a Puskesmas each names the other, and what is decided is kept with
         *     the family of the lower id. Across Puskesmas neither names the other, and each
         *     side has its own answer.
         */
        Double: {
            /** @description The other family (UUID text). Absent: it lies in another Puskesmas. */
            otherFamilyId?: string;
            /** @description RT of the other family, "003/007". Absent: it lies in another Puskesmas. */
            otherPlace?: string;
            /**
             * Format: int64
             * @description Number of the other family's village. 0: it lies in another Puskesmas.
             */
            otherVillage?: number;
            /** @description What is shared: No. KK first, then by member. */
            shared?: components["schemas"]["SharedIdentifier"][];
            /**
             * Format: byte
             * @description Names the pair with what it shares, 10 bytes: another one as soon as the
             *     identifiers change. Tells nothing of the other family.
             */
            token?: string;
            /**
             * @description Both sides say that their family lives there: the district has the case.
             *     Only across Puskesmas, and only while the own answer is LIVES_HERE.
             */
            withDistrict?: boolean;
        };
        /**
         * @description DuplicateAction is what a supervisor decides of a double.
         *
         *      - DUPLICATE_ACTION_UNSPECIFIED: No decision.
         *      - DUPLICATE_ACTION_DISMISS: Within the Puskesmas: they are two families, for the reason given. Not shown
         *     again unless the identifiers change.
         *      - DUPLICATE_ACTION_UNDO: Takes a dismissal back.
         *      - DUPLICATE_ACTION_LIVES_HERE: Across Puskesmas: the own family lives here (tinggal di sini).
         *      - DUPLICATE_ACTION_MOVED: Across Puskesmas: it moved away (pindah). What is shared is closed here: the
         *     family where the No. KK or the head's NIK is, else the members concerned.
         *      - DUPLICATE_ACTION_UNKNOWN: Across Puskesmas: it is not known (tidak tahu).
         * @default DUPLICATE_ACTION_UNSPECIFIED
         * @enum {string}
         */
        DuplicateAction: "DUPLICATE_ACTION_UNSPECIFIED" | "DUPLICATE_ACTION_DISMISS" | "DUPLICATE_ACTION_UNDO" | "DUPLICATE_ACTION_LIVES_HERE" | "DUPLICATE_ACTION_MOVED" | "DUPLICATE_ACTION_UNKNOWN";
        /** @description DuplicateRecord is a decision that applied. */
        DuplicateRecord: {
            action?: components["schemas"]["DuplicateAction"];
            /**
             * Format: int64
             * @description Number of the account that decided.
             */
            author?: number;
            /**
             * Format: uint64
             * @description When the server decided, ms since 1970-01-01 UTC.
             */
            decidedAtMs?: string;
            /** @description Its id (UUID text). */
            decisionId?: string;
            /** @description Reason. Absent: none. */
            note?: string;
            /**
             * Format: uint64
             * @description Revision at which it was decided.
             */
            revision?: string;
            /** @description Tokens of the doubles concerned. */
            tokens?: string[];
        };
        /**
         * @description Education in the paper form's order.
         *
         *      - EDUCATION_UNSPECIFIED: Not answered.
         *      - EDUCATION_NONE: 1 Tidak pernah sekolah.
         *      - EDUCATION_PRIMARY_UNFINISHED: 2 Tidak tamat SD/MI.
         *      - EDUCATION_PRIMARY: 3 Tamat SD/MI.
         *      - EDUCATION_LOWER_SECONDARY: 4 Tamat SMP/MTs.
         *      - EDUCATION_UPPER_SECONDARY: 5 Tamat SMA/MA.
         *      - EDUCATION_DIPLOMA: 6 Tamat D1/D2/D3.
         *      - EDUCATION_UNIVERSITY: 7 Tamat PT.
         * @default EDUCATION_UNSPECIFIED
         * @enum {string}
         */
        Education: "EDUCATION_UNSPECIFIED" | "EDUCATION_NONE" | "EDUCATION_PRIMARY_UNFINISHED" | "EDUCATION_PRIMARY" | "EDUCATION_LOWER_SECONDARY" | "EDUCATION_UPPER_SECONDARY" | "EDUCATION_DIPLOMA" | "EDUCATION_UNIVERSITY";
        /** @description ExportBackupRequest asks for a backup file. */
        ExportBackupRequest: {
            /** @description Whose work; absent: who is signed in. */
            userName?: string;
        };
        /** @description ExportBackupResponse is the file. */
        ExportBackupResponse: {
            /**
             * Format: int64
             * @description Changes in it.
             */
            changes?: number;
            /**
             * Format: byte
             * @description Its bytes.
             */
            file?: string;
            /** @description A name for it, "cadangan-siti.aminah-20240517-1405.ksb". */
            fileName?: string;
            /**
             * Format: int64
             * @description Unsent pieces of work that are not in it: the server has refused them.
             */
            left?: number;
            /**
             * Format: int64
             * @description Submissions and verdicts in it.
             */
            steps?: number;
        };
        /**
         * @description Family is the FAMILY record of a household: what is true of the dwelling and
         *     the household itself, whichever round is looked at. Every field is a register
         *     of its own (see Change); every field is singular, repeated things are wrapped
         *     in a message, so that one field number is one register.
         *
         *     Unless a comment says otherwise, a field is set by the surveyor through the
         *     SDK, and absence means "not known yet".
         */
        Family: {
            /** @description Address as told (Blok I, RAW alamat). */
            address?: string;
            /**
             * @description Number of the building in its RT (Blok I, RAW no_urut_rt). Text, as on the
             *     paper form: "12", "12A".
             */
            buildingNumber?: string;
            /** @description Number of the family in its building (Blok I, RAW no_urut_kel). */
            familyNumber?: string;
            /** @description Name of the head of the family (Blok II.1, RAW nama_kk). */
            headName?: string;
            /**
             * @description Code of the village that the family came from, dotted; set when it is opened
             *     here under the id that it had there.
             */
            movedFrom?: string;
            /**
             * @description Code of the village that the family moved to, dotted ("32.04.05.2001"); set
             *     together with removal MOVED on the record left behind.
             */
            movedTo?: string;
            /**
             * Format: uint64
             * @description Number of the family card (NKK, "No. KK"), 16 digits as one number. Absent:
             *     none given, or only a provisional one (nkk_provisional).
             */
            nkk?: string;
            /**
             * @description What stands on the card where it is no well-formed NKK; kept as found, never
             *     used for matching. Set by imports, or with nkk_status PROVISIONAL.
             *     In answers to readers who are shown the last digits alone it holds these,
             *     "************6789", and nkk is absent.
             */
            nkkProvisional?: string;
            nkkStatus?: components["schemas"]["IdentifierStatus"];
            /**
             * @description RW and RT of the dwelling inside its village, "RW/RT", each three digits,
             *     "000" where there is none: "003/007". Blok I. Decides who may see the
             *     family and in which RT it is counted; absent until first saved with one,
             *     never cleared afterwards.
             */
            place?: string;
            /**
             * @description Code of the Puskesmas that surveys the family, opaque (Blok I, RAW
             *     kd_puskesmas). Set by the SDK from the surveyor's account.
             */
            puskesmasCode?: string;
            removal?: components["schemas"]["Removal"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            sourceYears?: components["schemas"]["SourceYears"];
            /**
             * @description Id (UUID text) of the family that this one was split from: persons who were
             *     members there, and keep house by themselves now. Set by the SDK with the
             *     family's first save; its members name who they were there (former_member_id).
             */
            splitFromId?: string;
        };
        /**
         * @description FamilyDuplicates is what a family has in common with others, and what
         *     supervisors decided about it. The server finds what is shared and decides; it
         *     travels with the family's review, in the same feed as the data.
         */
        FamilyDuplicates: {
            /** @description What is shared now, by token. */
            doubles?: components["schemas"]["Double"][];
            /**
             * @description Decisions on this family, oldest first: at most 100, those that matter for
             *     what is shared now among them.
             */
            history?: components["schemas"]["DuplicateRecord"][];
        };
        /** @description FamilyIndex is a family's index, inti and besar side by side. */
        FamilyIndex: {
            besar?: components["schemas"]["IndexValues"];
            /**
             * @description Round that besar is of: another one where the latest round is complete for one of
             *     the two alone.
             */
            besarRoundId?: string;
            /** @description Survey date of that round. */
            besarSurveyDate?: string;
            inti?: components["schemas"]["IndexValues"];
            /** @description Round that inti is of (UUID text). Absent: the family has no round. */
            roundId?: string;
            /** @description Ruleset, "KS-2016.1". */
            ruleset?: string;
            /** @description Survey date of that round, "2024-05-17". */
            surveyDate?: string;
        };
        /** @description FamilyReview is where a family stands in review, as the feed tells it. */
        FamilyReview: {
            /**
             * Format: uint64
             * @description Revision of the last approval. 0: never approved.
             */
            approvedRevision?: string;
            /**
             * @description Accounts that collected or corrected the family since its last approval:
             *     they don't judge it. Ascending.
             */
            authors?: number[];
            /** @description Last batch (UUID text). Absent: none. */
            batchId?: string;
            /**
             * @description What differs from the state judged last; at most 500. Empty while it has not
             *     been judged, or nothing has changed since. People are shown nothing of rounds
             *     from which the family withdrew.
             */
            changes?: components["schemas"]["ReviewChange"][];
            /** @description Local date until which a returned family is to be submitted again. */
            dueDate?: string;
            duplicates?: components["schemas"]["FamilyDuplicates"];
            /** @description Fields that the last verdict concerns. */
            fields?: components["schemas"]["ReviewField"][];
            /**
             * Format: uint64
             * @description When, ms since 1970-01-01 UTC.
             */
            judgedAtMs?: string;
            /**
             * Format: int64
             * @description Number of the account that judged.
             */
            judgedBy?: number;
            /**
             * Format: byte
             * @description Digest of the state judged last, 16 bytes.
             */
            judgedDigest?: string;
            /** @description Note of the last verdict. Absent: none. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
            /**
             * Format: uint64
             * @description Revision at which this was decided.
             */
            revision?: string;
            state?: components["schemas"]["ReviewState"];
            /**
             * Format: int64
             * @description Number of the account that submitted it last.
             */
            submittedBy?: number;
            /** @description Last verdict (UUID text). Absent: never judged. */
            verdictId?: string;
            /**
             * Format: uint64
             * @description When the server got the submission, or met the change that re-opened review,
             *     ms since 1970-01-01 UTC.
             */
            waitingSinceMs?: string;
        };
        /** @description FamilySummary is one line of a list. */
        FamilySummary: {
            /** @description Path of its RT. */
            area?: string;
            /** @description Building and family number. */
            buildingNumber?: string;
            /**
             * Format: int64
             * @description Registers with several values.
             */
            conflicts?: number;
            /** @description Id (UUID text). */
            familyId?: string;
            /** @description Family number in the building. */
            familyNumber?: string;
            /** @description Name of the head. */
            headName?: string;
            inti?: components["schemas"]["IndexValues"];
            /**
             * Format: int64
             * @description Members that count.
             */
            members?: number;
            removal?: components["schemas"]["RemovalReason"];
            review?: components["schemas"]["ReviewState"];
            /**
             * @description Survey date of the round that counts for inti. Absent: none. In a list by urgency, of
             *     the membership asked for.
             */
            surveyDate?: string;
        };
        /** @description FillFromCardRequest names a family and its card. */
        FillFromCardRequest: {
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Number of the family card, 16 digits. */
            nkk?: string;
        };
        /** @description FillFromCardResponse is what came of it. */
        FillFromCardResponse: {
            /**
             * Format: int64
             * @description Persons of the card who are new members.
             */
            added?: number;
            /** @description What is so and what to do, Indonesian. Absent where all of the card are members. */
            message?: string;
            /** @description Persons of the card who are not entered, with DONE. */
            notEntered?: components["schemas"]["NotEntered"][];
            outcome?: components["schemas"]["FillOutcome"];
            /**
             * Format: int64
             * @description Seconds until it may go better. Absent: not said.
             */
            retryAfterSeconds?: number;
            /**
             * Format: int64
             * @description Persons of the card who were members before, and are verified now.
             */
            verified?: number;
        };
        /**
         * @description FillOutcome is how an attempt ended.
         *
         *      - FILL_OUTCOME_UNSPECIFIED: Not set.
         *      - FILL_OUTCOME_DONE: The card's persons are members now, but for not_entered.
         *      - FILL_OUTCOME_OFFLINE: The server can't be reached.
         *      - FILL_OUTCOME_NO_RECORD: The registry has no such card.
         *      - FILL_OUTCOME_UNAVAILABLE: The registry is down or slow, or the server has none.
         *      - FILL_OUTCOME_QUOTA: The day's look-ups are used up.
         *      - FILL_OUTCOME_NOT_ALLOWED: The user's registration form is not in force, or the family lies elsewhere.
         * @default FILL_OUTCOME_UNSPECIFIED
         * @enum {string}
         */
        FillOutcome: "FILL_OUTCOME_UNSPECIFIED" | "FILL_OUTCOME_DONE" | "FILL_OUTCOME_OFFLINE" | "FILL_OUTCOME_NO_RECORD" | "FILL_OUTCOME_UNAVAILABLE" | "FILL_OUTCOME_QUOTA" | "FILL_OUTCOME_NOT_ALLOWED";
        /** @description Finding is something that a check noticed. */
        Finding: {
            /** @description Stable code, such as "PREGNANT_MAN". */
            code?: string;
            /** @description Member (UUID text). Absent: the household. */
            memberId?: string;
            /** @description What was noticed and what to do, in Indonesian. */
            message?: string;
            /** @description Number of the question. Absent: none. */
            question?: string;
            /** @description Round (UUID text). Absent: none. */
            roundId?: string;
            severity?: components["schemas"]["FindingSeverity"];
        };
        /**
         * @description FindingSeverity says how bad a finding is.
         *
         *      - FINDING_SEVERITY_UNSPECIFIED: Refused.
         *      - FINDING_SEVERITY_WARNING: Worth a look.
         *      - FINDING_SEVERITY_ERROR: Wrong; refused when entered on one device.
         * @default FINDING_SEVERITY_UNSPECIFIED
         * @enum {string}
         */
        FindingSeverity: "FINDING_SEVERITY_UNSPECIFIED" | "FINDING_SEVERITY_WARNING" | "FINDING_SEVERITY_ERROR";
        /**
         * @description FormState is where a family stands in collection in the present survey year, as a list
         *     shows it. A round is of the calendar year of its survey date.
         *
         *      - FORM_STATE_UNSPECIFIED: Any, in a filter.
         *      - FORM_STATE_NOT_VISITED: "belum didata tahun ini": neither a round nor a visit of the present survey year,
         *     whatever there was in earlier ones.
         *      - FORM_STATE_DRAFT: "belum lengkap": a round was begun, in the present year or by people who did not submit
         *     it since, or nobody was at home in the present year.
         *      - FORM_STATE_COMPLETE: "lengkap": an index by a round that people collected or corrected, and did not submit
         *     since, be it of an earlier year.
         *      - FORM_STATE_SUBMITTED: "diajukan".
         *      - FORM_STATE_RETURNED: "dikembalikan".
         *      - FORM_STATE_APPROVED: "disetujui": and surveyed in the present year.
         *      - FORM_STATE_REFUSED: "menolak": the last visit was refused, in the present year.
         *      - FORM_STATE_MOVED: "pindah": moved away, or not counted any more.
         *      - FORM_STATE_SURVEYED: "terdata": an index by a round of the present year that an import alone told of:
         *     nothing is to be submitted.
         * @default FORM_STATE_UNSPECIFIED
         * @enum {string}
         */
        FormState: "FORM_STATE_UNSPECIFIED" | "FORM_STATE_NOT_VISITED" | "FORM_STATE_DRAFT" | "FORM_STATE_COMPLETE" | "FORM_STATE_SUBMITTED" | "FORM_STATE_RETURNED" | "FORM_STATE_APPROVED" | "FORM_STATE_REFUSED" | "FORM_STATE_MOVED" | "FORM_STATE_SURVEYED";
        /** @description GetFamilyResponse is a family with what follows from it. */
        GetFamilyResponse: {
            /** @description Registers with several values. */
            conflicts?: components["schemas"]["Conflict"][];
            /**
             * Format: byte
             * @description Digest of its state, 16 bytes: what a verdict names.
             */
            digest?: string;
            /** @description What a reviewer should look at. */
            findings?: components["schemas"]["Finding"][];
            household?: components["schemas"]["Household"];
            index?: components["schemas"]["FamilyIndex"];
            review?: components["schemas"]["FamilyReview"];
            /**
             * Format: uint64
             * @description Revision of its last change.
             */
            revision?: string;
        };
        /** @description GetReviewDifferencesResponse is what has changed since the last verdict. */
        GetReviewDifferencesResponse: {
            /** @description In canonical order. */
            differences?: components["schemas"]["ReviewDifference"][];
            /**
             * @description Whether a verdict was ever passed; without one there is nothing to compare
             *     with.
             */
            judged?: boolean;
        };
        /** @description GetReviewedResponse is what a reviewer needs to judge it. */
        GetReviewedResponse: {
            differences?: components["schemas"]["GetReviewDifferencesResponse"];
            family?: components["schemas"]["GetFamilyResponse"];
        };
        /** @description GetStatusResponse is how everything stands. */
        GetStatusResponse: {
            counts?: components["schemas"]["Counts"];
            /**
             * Format: uint64
             * @description Bytes of the data plan that syncs have fetched in all.
             */
            dataDown?: string;
            /**
             * Format: uint64
             * @description Bytes of the data plan that syncs have sent in all, encryption included.
             */
            dataUp?: string;
            /** @description The line at day's end, Indonesian. */
            dayLine?: string;
            /** @description How people know this device. */
            deviceName?: string;
            /** @description Full name of who is signed in. */
            fullName?: string;
            /**
             * Format: date-time
             * @description Last complete sync. Absent: never.
             */
            lastSync?: string;
            locked?: components["schemas"]["LockReason"];
            /** @description What a damaged file lost, Indonesian; to be shown loudly. Absent: nothing. */
            loss?: string;
            /** @description May review (supervisor). */
            mayReview?: boolean;
            /**
             * Format: uint64
             * @description Rises with every change of what the user sees.
             */
            revision?: string;
            /** @description Where the server is. Absent: the device is not set up. */
            server?: string;
            /**
             * Format: uint64
             * @description Bytes that the user's file takes on the device.
             */
            storageBytes?: string;
            sync?: components["schemas"]["SyncState"];
            /**
             * @description The local day where the user works, "2024-05-17", by the device's clock as the last
             *     sync corrected it: what pages take for today. Absent: nobody is signed in.
             */
            today?: string;
            /**
             * Format: int64
             * @description Families that hold own work that is not sent.
             */
            unsentFamilies?: number;
            /** @description Name of who is signed in. Absent: nobody. */
            userName?: string;
            /** @description Names of users who have data on this device. */
            users?: string[];
            /** @description Version of app and SDK. */
            version?: string;
        };
        /** @description GetTodayResponse is the day's work, in the order in which to do it. */
        GetTodayResponse: {
            /** @description Complete and not submitted. */
            complete?: components["schemas"]["HouseholdSummary"][];
            /**
             * Format: int64
             * @description How many are complete and not submitted in all.
             */
            completeTotal?: number;
            /** @description The day, "2024-05-17". */
            date?: string;
            /** @description Visits promised for today or earlier. */
            promised?: components["schemas"]["HouseholdSummary"][];
            /**
             * Format: int64
             * @description How many visits are promised in all.
             */
            promisedTotal?: number;
            /** @description Not visited in the present survey year, by house number. */
            rest?: components["schemas"]["HouseholdSummary"][];
            /**
             * Format: int64
             * @description How many those are in all.
             */
            restTotal?: number;
            /** @description Returned by the supervisor, earliest due first. */
            returned?: components["schemas"]["HouseholdSummary"][];
            /**
             * Format: int64
             * @description How many were returned in all.
             */
            returnedTotal?: number;
            /** @description Begun and not finished, with who is missing. */
            unfinished?: components["schemas"]["HouseholdSummary"][];
            /**
             * Format: int64
             * @description How many are unfinished in all.
             */
            unfinishedTotal?: number;
        };
        /** @description HandoverCode is a code to be shown. */
        HandoverCode: {
            /**
             * Format: int64
             * @description The same as a QR code: its width and height in modules, border included.
             */
            modules?: number;
            /** @description Its dark modules, as the path of an SVG of that size. */
            path?: string;
            /** @description Text, in groups of five, that can be typed. */
            text?: string;
        };
        /**
         * @description Household is a family as people read it: the shown value of every register,
         *     records gathered under their ids. It is what REST and the SDK give out, what
         *     `ks-device iks --from json` reads (one protojson Household a line), and what
         *     the index is computed from. It is derived from a FamilyState, never merged.
         */
        Household: {
            family?: components["schemas"]["Family"];
            /** @description Id of the family (UUID text). Never absent. */
            familyId?: string;
            /** @description The MEMBER records, removed ones too, by number, then id. */
            members?: components["schemas"]["HouseholdMember"][];
            /** @description The rounds, by survey date, then by the stamp that opened them. */
            rounds?: components["schemas"]["HouseholdRound"][];
            /** @description Code of the village, dotted, "32.04.05.2001". */
            villageCode?: string;
            /**
             * @description The visits, by date, then by when they began (where that is not told: when they
             *     were recorded), then id.
             */
            visits?: components["schemas"]["HouseholdVisit"][];
        };
        /** @description HouseholdIndividual is an INDIVIDUAL record under its member's id. */
        HouseholdIndividual: {
            individual?: components["schemas"]["Individual"];
            /** @description Id of the member (UUID text). Never absent. */
            memberId?: string;
        };
        /** @description HouseholdMember is a MEMBER record under its id. */
        HouseholdMember: {
            member?: components["schemas"]["Member"];
            /** @description Id of the member (UUID text). Never absent. */
            memberId?: string;
        };
        /** @description HouseholdRound is a ROUND record with the members' parts in it. */
        HouseholdRound: {
            /** @description The INDIVIDUAL records of the round, in the order of the members. */
            individuals?: components["schemas"]["HouseholdIndividual"][];
            round?: components["schemas"]["Round"];
            /** @description Id of the round (UUID text). Never absent. */
            roundId?: string;
        };
        /** @description HouseholdSummary is one line of a list of families. */
        HouseholdSummary: {
            /** @description House number. Absent: not known. */
            buildingNumber?: string;
            category?: components["schemas"]["Category"];
            /**
             * Format: int64
             * @description Registers that hold several values.
             */
            conflicts?: number;
            /** @description Local date until which it is to be submitted again. Only for a RETURNED. */
            dueDate?: string;
            /** @description Id (UUID text). */
            familyId?: string;
            /** @description Number of the family in that house. Absent: not known. */
            familyNumber?: string;
            /** @description Name of the head. Absent: not known. */
            headName?: string;
            /** @description IKS to three decimals (inti), of that date. Absent: none. */
            iks?: string;
            /** @description What the supervisor marked. Only for a RETURNED in GetToday of a field app. */
            marked?: components["schemas"]["ReviewField"][];
            /** @description Names of members present who are not fully asked. Only for a DRAFT. */
            missing?: string[];
            /** @description Date promised for the next visit. Absent: none. */
            nextVisitDate?: string;
            /** @description "003/007", RW before RT. */
            place?: string;
            /** @description Own work that waits for a supervisor's decision. Only from the SDK. */
            quarantined?: boolean;
            /** @description Own work that the server refused, to be corrected. Only from the SDK. */
            refused?: boolean;
            state?: components["schemas"]["FormState"];
            /** @description Survey date of the round that counts (inti). Absent: none. */
            surveyDate?: string;
            /** @description Own work on it that the server has not applied. Only from the SDK. */
            unsent?: boolean;
            /** @description Code of the village, "32.04.05.2001". */
            villageCode?: string;
        };
        /** @description HouseholdVisit is a VISIT record under its id. */
        HouseholdVisit: {
            visit?: components["schemas"]["Visit"];
            /** @description Id of the visit (UUID text). Never absent. */
            visitId?: string;
        };
        /**
         * @description IdentifierStatus is how far a NIK or NKK can be trusted.
         *
         *      - IDENTIFIER_STATUS_UNSPECIFIED: Not set: as STATED.
         *      - IDENTIFIER_STATUS_STATED: Read off a card or told by the person.
         *      - IDENTIFIER_STATUS_VERIFIED: Confirmed by a look-up in the civil registry.
         *      - IDENTIFIER_STATUS_PROVISIONAL: Not a well-formed number; text kept in the provisional field.
         *      - IDENTIFIER_STATUS_NONE: The person or family has none.
         * @default IDENTIFIER_STATUS_UNSPECIFIED
         * @enum {string}
         */
        IdentifierStatus: "IDENTIFIER_STATUS_UNSPECIFIED" | "IDENTIFIER_STATUS_STATED" | "IDENTIFIER_STATUS_VERIFIED" | "IDENTIFIER_STATUS_PROVISIONAL" | "IDENTIFIER_STATUS_NONE";
        /** @description IndexReason is one answer that made a value T or ?. */
        IndexReason: {
            /** @description "Y", "T" or a measurement. Absent: not answered. */
            answer?: string;
            /**
             * Format: int64
             * @description 1 to 12.
             */
            indicator?: number;
            /** @description Member (UUID text). Absent: a question to the household. */
            memberId?: string;
            /** @description Number of the question, "V.7". */
            question?: string;
        };
        /** @description IndexValues are the twelve values with the index and the reasons. */
        IndexValues: {
            category?: components["schemas"]["Category"];
            /**
             * Format: int64
             * @description 12 less the count of N. Absent: no index.
             */
            d?: number;
            /** @description To three decimals, "0.636". Absent: no index. */
            iks?: string;
            /** @description For each T and ?, the answers that made it. */
            reasons?: components["schemas"]["IndexReason"][];
            /** @description Values of indicators 1 to 12: "YYNT…", each Y, T, N or ?. */
            values?: string;
            /**
             * Format: int64
             * @description Count of Y. Absent: no index.
             */
            y?: number;
        };
        /**
         * @description Individual is the INDIVIDUAL record: a member's part in one round, with what
         *     changes with time (Blok IV) and the answers of Blok V. Every field is a
         *     register, set by the surveyor through the SDK; absence means "not answered"
         *     or "not asked".
         */
        Individual: {
            birthInFacility?: components["schemas"]["Answer"];
            bloodPressureMeasured?: components["schemas"]["Answer"];
            completeImmunisation?: components["schemas"]["Answer"];
            contraception?: components["schemas"]["Answer"];
            contraceptionReason?: components["schemas"]["ContraceptionReason"];
            /**
             * V.10b: diastolic pressure in mmHg. (RAW diastolik)
             * Format: int64
             */
            diastolicMmhg?: number;
            education?: components["schemas"]["Education"];
            exclusiveBreastfeeding?: components["schemas"]["Answer"];
            growthMonitored?: components["schemas"]["Answer"];
            healthInsurance?: components["schemas"]["Answer"];
            hypertension?: components["schemas"]["Answer"];
            hypertensionMedicine?: components["schemas"]["Answer"];
            /** @description Advice or intervention given to the member (RAW catatan_intervensi). */
            interventionNote?: string;
            maritalStatus?: components["schemas"]["MaritalStatus"];
            /** @description Free remark on the member (RAW individu_keterangan). */
            note?: string;
            pregnant?: components["schemas"]["Answer"];
            /**
             * @description Whether the member belonged to the household at this round. Absent: true
             *     where any other field of the record is present, else the member takes no
             *     part in the round.
             */
            present?: boolean;
            relation?: components["schemas"]["Relation"];
            religion?: components["schemas"]["Religion"];
            smokes?: components["schemas"]["Answer"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            /**
             * @description Id (UUID text) of the member who is the spouse. One side's link suffices;
             *     the wife's wins.
             */
            spouseId?: string;
            /**
             * V.10b: systolic pressure in mmHg. (RAW sistolik)
             * Format: int64
             */
            systolicMmhg?: number;
            tuberculosis?: components["schemas"]["Answer"];
            tuberculosisMedicine?: components["schemas"]["Answer"];
            tuberculosisSymptoms?: components["schemas"]["Answer"];
            usesCleanWater?: components["schemas"]["Answer"];
            usesToilet?: components["schemas"]["Answer"];
            work?: components["schemas"]["Work"];
        };
        /** @description JudgeRequest is a verdict. */
        JudgeBody: {
            /**
             * @description Local date until which a returned family is to be submitted again. Absent:
             *     the server's default.
             */
            dueDate?: string;
            /** @description Fields that it concerns. Absent: the family as a whole. */
            fields?: components["schemas"]["ReviewField"][];
            /**
             * Format: byte
             * @description Digest of the state looked at, as the queue gave it.
             */
            judgedDigest?: string;
            /** @description Why returned; required then. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
        };
        /** @description JudgedState is a family with the state that was looked at. */
        JudgedState: {
            /** @description Family (UUID text). */
            familyId?: string;
            /**
             * Format: byte
             * @description Digest of the state, as the queue or the batch gave it.
             */
            judgedDigest?: string;
        };
        /** @description JudgeResponse names the verdict. */
        JudgeResponse: {
            /** @description Its id (UUID text). */
            verdictId?: string;
        };
        /** @description KeepOpenRequest tells that somebody is at work. */
        KeepOpenRequest: Record<string, never>;
        /** @description KeepOpenResponse says that the app stays open. */
        KeepOpenResponse: Record<string, never>;
        /** @description ListAreasResponse is the user's areas. */
        ListAreasResponse: {
            /** @description Villages, by code. */
            villages?: components["schemas"]["VillageProgress"][];
        };
        /** @description ListCarriedResponse is the list. */
        ListCarriedResponse: {
            /** @description Newest first. */
            files?: components["schemas"]["CarriedFile"][];
        };
        /** @description ListColleaguesRequest says from whom. */
        ListColleaguesRequest: {
            /** @description User of this device. */
            userName?: string;
        };
        /** @description ListColleaguesResponse is the list, as of that user's last sync. */
        ListColleaguesResponse: {
            /** @description User names of those who may sign. */
            supervisors?: string[];
            /** @description User names of those who may take over. */
            userNames?: string[];
        };
        /** @description ListContactsResponse is whom to ask. */
        ListContactsResponse: {
            /** @description The district's first, then the national level's. Empty before the first sync. */
            desks?: components["schemas"]["SupportDesk"][];
        };
        /** @description ListOutboxResponse is the list. */
        ListOutboxResponse: {
            /** @description Newest first. */
            entries?: components["schemas"]["OutboxEntry"][];
        };
        /** @description ListQueueResponse is the queue. */
        ListQueueResponse: {
            /** @description The families. */
            items?: components["schemas"]["ReviewItem"][];
            /** @description Absent on the last page. */
            nextPageToken?: string;
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total?: number;
        };
        /** @description ListVerdictsResponse is the list. */
        ListVerdictsResponse: {
            /** @description Newest first. */
            verdicts?: components["schemas"]["PassedVerdict"][];
        };
        /**
         * @description LockReason is why who was signed in is so no more.
         *
         *      - LOCK_REASON_UNSPECIFIED: Nobody has been signed in.
         *      - LOCK_REASON_IDLE: Nobody has touched the app for a while.
         *      - LOCK_REASON_ASKED: Somebody asked for it, or went to sign in.
         *      - LOCK_REASON_WIPED: The server had the device wiped; sync tells why.
         * @default LOCK_REASON_UNSPECIFIED
         * @enum {string}
         */
        LockReason: "LOCK_REASON_UNSPECIFIED" | "LOCK_REASON_IDLE" | "LOCK_REASON_ASKED" | "LOCK_REASON_WIPED";
        /** @description LockRequest asks for the user's data to be closed. */
        LockRequest: Record<string, never>;
        /** @description LockResponse is empty. */
        LockResponse: Record<string, never>;
        /**
         * @description MaritalStatus in the paper form's order (Dukcapil numbers it otherwise).
         *
         *      - MARITAL_STATUS_UNSPECIFIED: Not answered.
         *      - MARITAL_STATUS_MARRIED: 1 Kawin.
         *      - MARITAL_STATUS_SINGLE: 2 Belum kawin.
         *      - MARITAL_STATUS_DIVORCED: 3 Cerai hidup.
         *      - MARITAL_STATUS_WIDOWED: 4 Cerai mati.
         * @default MARITAL_STATUS_UNSPECIFIED
         * @enum {string}
         */
        MaritalStatus: "MARITAL_STATUS_UNSPECIFIED" | "MARITAL_STATUS_MARRIED" | "MARITAL_STATUS_SINGLE" | "MARITAL_STATUS_DIVORCED" | "MARITAL_STATUS_WIDOWED";
        /**
         * @description Member is the MEMBER record of one person of a family: identity, which
         *     belongs to the person whatever the round. Every field is a register.
         */
        Member: {
            /** @description Birth date, ISO 8601 "2019-02-28" (Blok IV). Absent: unknown, see stated_age. */
            birthDate?: string;
            /**
             * @description Id (UUID text) that the person had in the family that they came from, after
             *     a split or a move between families.
             */
            formerMemberId?: string;
            /**
             * @description Id (UUID text) of the member who is this member's mother. Absent: not linked
             *     or the mother is no member.
             */
            motherId?: string;
            /**
             * @description Id (UUID text) of the family that the person is a member of now, after a
             *     split; set together with removal MOVED.
             */
            movedToFamilyId?: string;
            /** @description Full name as told (Blok IV.1). */
            name?: string;
            /**
             * Format: uint64
             * @description NIK (Blok IV), 16 digits as one number. Absent: none given, or provisional.
             */
            nik?: string;
            /**
             * @description What was given in place of a well-formed NIK; kept as found, never used for
             *     matching.
             *     In answers to readers who are shown the last digits alone it holds these,
             *     "************6789", and nik is absent.
             */
            nikProvisional?: string;
            nikStatus?: components["schemas"]["IdentifierStatus"];
            /**
             * Format: int64
             * @description Number of the member in the family as on the paper form, from 1 (Blok IV).
             */
            number?: number;
            removal?: components["schemas"]["Removal"];
            sex?: components["schemas"]["Sex"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            sourceYears?: components["schemas"]["SourceYears"];
            statedAge?: components["schemas"]["StatedAge"];
            statedAges?: components["schemas"]["StatedAges"];
        };
        /** @description NotEntered is a person of the card whom it did not make a member. */
        NotEntered: {
            /** @description Name as on the card. Absent: the registry has no record that can be used. */
            name?: string;
            /** @description Why, Indonesian. */
            reason?: string;
        };
        /**
         * @description Origin is who entered a round or a visit, and when, where a union of two
         *     families wrote it: it stays their work, and keeps its place among the rounds
         *     of one day. A device whose account may not review families is not to write it.
         */
        Origin: {
            /**
             * Format: int64
             * @description Number of the account that wrote that. 0: an import.
             */
            author?: number;
            /**
             * @description Numbers of the accounts that wrote what it showed there, of a round its parts
             *     too, ascending: they do not judge the family that took it over.
             */
            contributors?: number[];
            stamp?: components["schemas"]["Stamp"];
        };
        /** @description OutboxEntry is a family with the user's own changes. */
        OutboxEntry: {
            /**
             * Format: int64
             * @description How many changes.
             */
            changes?: number;
            /**
             * @description The family is not on this device (any more): it left the user's areas, or never was
             *     in them. Its name is then as the user wrote it.
             */
            elsewhere?: boolean;
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Name of its head. Absent: not known. */
            headName?: string;
            /**
             * @description What the supervisor wrote to the decision by which the newest change in that state
             *     was admitted or kept out. Absent: nothing, or there was none.
             */
            note?: string;
            /** @description Why, Indonesian. Absent: nothing to tell. */
            reason?: string;
            /**
             * Format: date-time
             * @description When the last was saved, by the device's clock.
             */
            savedAt?: string;
            state?: components["schemas"]["OutboxState"];
        };
        /**
         * @description OutboxState is where a change stands.
         *
         *      - OUTBOX_STATE_UNSPECIFIED: Not set.
         *      - OUTBOX_STATE_SAVED: Saved on the device, not sent.
         *      - OUTBOX_STATE_APPLIED: Applied by the central store.
         *      - OUTBOX_STATE_REFUSED: Refused, to be corrected.
         *      - OUTBOX_STATE_QUARANTINED: Waiting for a supervisor's decision.
         *      - OUTBOX_STATE_KEPT_OUT: A supervisor decided against it; to be corrected by another save.
         *      - OUTBOX_STATE_ERASED: The person's data were lawfully erased.
         * @default OUTBOX_STATE_UNSPECIFIED
         * @enum {string}
         */
        OutboxState: "OUTBOX_STATE_UNSPECIFIED" | "OUTBOX_STATE_SAVED" | "OUTBOX_STATE_APPLIED" | "OUTBOX_STATE_REFUSED" | "OUTBOX_STATE_QUARANTINED" | "OUTBOX_STATE_KEPT_OUT" | "OUTBOX_STATE_ERASED";
        /**
         * @description PassedState is where a verdict passed on this device stands.
         *
         *      - PASSED_STATE_UNSPECIFIED: Not set.
         *      - PASSED_STATE_PENDING: Not sent.
         *      - PASSED_STATE_APPLIED: Decided so by the server.
         *      - PASSED_STATE_NOT_APPLIED: Not decided so: judge again.
         * @default PASSED_STATE_UNSPECIFIED
         * @enum {string}
         */
        PassedState: "PASSED_STATE_UNSPECIFIED" | "PASSED_STATE_PENDING" | "PASSED_STATE_APPLIED" | "PASSED_STATE_NOT_APPLIED";
        /** @description PassedVerdict is a verdict passed on this device. */
        PassedVerdict: {
            /** @description The family is not on this device any more. */
            elsewhere?: boolean;
            /** @description Family (UUID text). */
            familyId?: string;
            /**
             * @description Name of its head; of a family that has left the device, as it was when the verdict
             *     came back. Absent: not known.
             */
            headName?: string;
            /**
             * Format: uint64
             * @description When it was passed by the device's clock, ms since 1970-01-01 UTC.
             */
            madeAtMs?: string;
            /** @description What was written to it. Absent: nothing. */
            note?: string;
            outcome?: components["schemas"]["VerdictOutcome"];
            /** @description Why it did not apply, Indonesian. Absent: nothing to tell. */
            reason?: string;
            state?: components["schemas"]["PassedState"];
            /** @description Its id (UUID text). */
            verdictId?: string;
        };
        /** @description PlaceProgress is one RT. */
        PlaceProgress: {
            /**
             * Format: int64
             * @description Families in all.
             */
            families?: number;
            /** @description "RT 007/RW 003". */
            label?: string;
            /** @description "003/007", RW before RT. */
            place?: string;
            /** @description Families by state; states without any are left out. */
            states?: components["schemas"]["StateCount"][];
        };
        /** @description Position as measured by the device. */
        Position: {
            /**
             * Format: int64
             * @description Radius of uncertainty in metres. 0: unknown.
             */
            accuracyM?: number;
            /**
             * Format: int32
             * @description Latitude, WGS 84, in 10^-7 degrees.
             */
            latitudeE7?: number;
            /**
             * Format: int32
             * @description Longitude, WGS 84, in 10^-7 degrees.
             */
            longitudeE7?: number;
        };
        /** @description ReadHandoverRequest is a code of another device. */
        ReadHandoverRequest: {
            /** @description Its text. */
            code?: string;
        };
        /** @description ReadHandoverResponse is what is asked for. */
        ReadHandoverResponse: {
            /**
             * Format: int64
             * @description Number of the device.
             */
            device?: number;
            /** @description Signing opens the families on the device for the colleague. */
            families?: boolean;
            /** @description Full name. */
            incomingName?: string;
            /** @description Who takes it over. */
            incomingUserName?: string;
            /** @description Figures that the other device must show too: else the code was altered on its way. */
            match?: string;
            /** @description Full name. */
            outgoingName?: string;
            /** @description Whose work lies on it. */
            outgoingUserName?: string;
        };
        /**
         * @description RecordKind names the record that a register belongs to. The order of the
         *     numbers is the canonical order of records.
         *
         *      - RECORD_KIND_UNSPECIFIED: Not set; refused.
         *      - RECORD_KIND_FAMILY: message Family; record_id and member_id are absent.
         *      - RECORD_KIND_MEMBER: message Member; member_id.
         *      - RECORD_KIND_ROUND: message Round; record_id is the round's id.
         *      - RECORD_KIND_INDIVIDUAL: message Individual; record_id is the round's id, and member_id.
         *      - RECORD_KIND_VISIT: message Visit; record_id is the visit's id.
         * @default RECORD_KIND_UNSPECIFIED
         * @enum {string}
         */
        RecordKind: "RECORD_KIND_UNSPECIFIED" | "RECORD_KIND_FAMILY" | "RECORD_KIND_MEMBER" | "RECORD_KIND_ROUND" | "RECORD_KIND_INDIVIDUAL" | "RECORD_KIND_VISIT";
        /**
         * @description Relation to the head of the family, in the paper form's order. Inti (nuclear)
         *     is HEAD, SPOUSE and CHILD.
         *
         *      - RELATION_UNSPECIFIED: Not answered.
         *      - RELATION_HEAD: 1 Kepala Keluarga.
         *      - RELATION_SPOUSE: 2 Istri/Suami.
         *      - RELATION_CHILD: 3 Anak.
         *      - RELATION_CHILD_IN_LAW: 4 Menantu.
         *      - RELATION_GRANDCHILD: 5 Cucu.
         *      - RELATION_PARENT: 6 Orang tua/mertua.
         *      - RELATION_OTHER_RELATIVE: 7 Famili lain.
         *      - RELATION_DOMESTIC_WORKER: 8 Pembantu.
         *      - RELATION_OTHER: 9 Lainnya.
         * @default RELATION_UNSPECIFIED
         * @enum {string}
         */
        Relation: "RELATION_UNSPECIFIED" | "RELATION_HEAD" | "RELATION_SPOUSE" | "RELATION_CHILD" | "RELATION_CHILD_IN_LAW" | "RELATION_GRANDCHILD" | "RELATION_PARENT" | "RELATION_OTHER_RELATIVE" | "RELATION_DOMESTIC_WORKER" | "RELATION_OTHER";
        /**
         * @description Religion in the paper form's order.
         *
         *      - RELIGION_UNSPECIFIED: Not answered.
         *      - RELIGION_ISLAM: 1 Islam.
         *      - RELIGION_PROTESTANT: 2 Kristen.
         *      - RELIGION_CATHOLIC: 3 Katolik.
         *      - RELIGION_HINDU: 4 Hindu.
         *      - RELIGION_BUDDHIST: 5 Buddha.
         *      - RELIGION_CONFUCIAN: 6 Konghucu.
         * @default RELIGION_UNSPECIFIED
         * @enum {string}
         */
        Religion: "RELIGION_UNSPECIFIED" | "RELIGION_ISLAM" | "RELIGION_PROTESTANT" | "RELIGION_CATHOLIC" | "RELIGION_HINDU" | "RELIGION_BUDDHIST" | "RELIGION_CONFUCIAN";
        /**
         * @description Removal says why and since when a family or a member is not counted any more.
         *     Clearing the register undoes it.
         */
        Removal: {
            /** @description Local date since which it holds, "2024-05-17". Absent: since ever. */
            date?: string;
            /** @description Id (UUID text) of the family or member kept instead, with ENTERED_TWICE. */
            keptId?: string;
            /** @description Free text by the author. Absent: none. */
            note?: string;
            reason?: components["schemas"]["RemovalReason"];
            /**
             * @description What the author had seen of the removed one's other registers: for each
             *     device incarnation the highest stamp, ascending by device, incarnation. Set
             *     by the SDK. An edit that is not covered was made elsewhere unseen; it is
             *     kept and shown as a conflict with the removal. A stamp that does not lie
             *     before the change's own tells nothing of its source.
             */
            seen?: components["schemas"]["Stamp"][];
        };
        /**
         * @description RemovalReason is why a family or member is not counted any more.
         *
         *      - REMOVAL_REASON_UNSPECIFIED: Not set; refused by checks.
         *      - REMOVAL_REASON_DIED: The person died (a family: all of its members).
         *      - REMOVAL_REASON_MOVED: Moved away.
         *      - REMOVAL_REASON_ENTERED_TWICE: The same family or person had been entered twice.
         *      - REMOVAL_REASON_DELETED_AT_SOURCE: Removed in the national application before it was imported (RAW
         *     status_delete other than 0).
         *      - REMOVAL_REASON_ERASED: The person's data were lawfully erased; nothing else is left. Set by the
         *     server only: a device that writes it is refused.
         * @default REMOVAL_REASON_UNSPECIFIED
         * @enum {string}
         */
        RemovalReason: "REMOVAL_REASON_UNSPECIFIED" | "REMOVAL_REASON_DIED" | "REMOVAL_REASON_MOVED" | "REMOVAL_REASON_ENTERED_TWICE" | "REMOVAL_REASON_DELETED_AT_SOURCE" | "REMOVAL_REASON_ERASED";
        /** @description ReviewChange is one register that is not what the last verdict judged. */
        ReviewChange: {
            /**
             * Format: byte
             * @description The field's wire form (tag and value) as judged. Absent: it was absent then, or
             *     is a NIK or No. KK of which the caller is not shown all.
             */
            before?: string;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
        };
        /** @description ReviewDifference is one register that is not what the last verdict judged. */
        ReviewDifference: {
            /** @description Value now, as protojson text. Absent: there is none. */
            afterJson?: string;
            /** @description Value judged, as protojson text. Absent: there was none. */
            beforeJson?: string;
            /**
             * Format: int64
             * @description Field's number.
             */
            field?: number;
            /** @description Field's name in the contract. Absent: not known to this version. */
            fieldName?: string;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description Number of the question. Absent: no question. */
            question?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
        };
        /** @description ReviewField names one register that a verdict concerns. */
        ReviewField: {
            /**
             * Format: int64
             * @description Field's number. 0: the whole record.
             */
            field?: number;
            kind?: components["schemas"]["RecordKind"];
            /** @description Member (UUID text). Absent: none. */
            memberId?: string;
            /** @description What is wrong with it. Absent: the verdict's note says it. */
            note?: string;
            /** @description Round or visit (UUID text). Absent: none. */
            recordId?: string;
        };
        /** @description ReviewItem is one family to be judged. */
        ReviewItem: {
            /**
             * Format: byte
             * @description Digest of its state, 16 bytes: what a verdict names.
             */
            digest?: string;
            family?: components["schemas"]["FamilySummary"];
            /** @description What the checks found, in the order of the form. */
            findings?: components["schemas"]["Finding"][];
            /**
             * @description Whether the caller may judge it; false where the caller collected or
             *     corrected it since the last approval, under this account or a former one.
             */
            mayJudge?: boolean;
            /** @description Whether it was returned and its due date has passed. */
            overdue?: boolean;
            review?: components["schemas"]["FamilyReview"];
            /** @description User name of who submitted it. */
            submittedByName?: string;
        };
        /**
         * @description ReviewState is where a family stands in review.
         *
         *      - REVIEW_STATE_UNSPECIFIED: Never submitted, or removed as entered twice and either returned before, or judged
         *     in the family that was kept.
         *      - REVIEW_STATE_SUBMITTED: In a batch, not judged.
         *      - REVIEW_STATE_APPROVED: Approved, and unchanged since.
         *      - REVIEW_STATE_RETURNED: Returned.
         *      - REVIEW_STATE_CHANGED_SINCE_APPROVAL: Approved once, changed since: back in the queue.
         * @default REVIEW_STATE_UNSPECIFIED
         * @enum {string}
         */
        ReviewState: "REVIEW_STATE_UNSPECIFIED" | "REVIEW_STATE_SUBMITTED" | "REVIEW_STATE_APPROVED" | "REVIEW_STATE_RETURNED" | "REVIEW_STATE_CHANGED_SINCE_APPROVAL";
        /**
         * @description Round is the ROUND record: one survey of a family with the household's
         *     answers of Prokesga Blok II and III. A correction belongs to its round and
         *     never moves its survey date; a re-survey opens a new round. Every field is a
         *     register, set by the surveyor through the SDK unless said otherwise; absence
         *     means "not answered". Counts 2a to 2f are computed, never stored.
         */
        Round: {
            cleanWater?: components["schemas"]["Answer"];
            mentalDisorder?: components["schemas"]["Answer"];
            mentalDisorderMedicine?: components["schemas"]["Answer"];
            /** @description Free remark on the household (RAW rt_keterangan). */
            note?: string;
            /**
             * @description Version of the short notice that was read aloud before the first question.
             *     Absent: not recorded.
             */
            noticeVersion?: string;
            origin?: components["schemas"]["Origin"];
            protectedWater?: components["schemas"]["Answer"];
            /**
             * @description Version of the questionnaire under which it was collected, such as
             *     "PROKESGA-2016.1"; set by the SDK. Absent: imported.
             */
            questionnaireVersion?: string;
            restrained?: components["schemas"]["Answer"];
            sanitaryToilet?: components["schemas"]["Answer"];
            sourceColumns?: components["schemas"]["SourceColumns"];
            /** @description Name of the supervisor (Blok III, RAW supervisor). */
            supervisorName?: string;
            /**
             * @description Local date of the survey at the village, "2024-05-17", confirmed by the
             *     surveyor (Blok III). Ages and index are of this date. Required for an index.
             */
            surveyDate?: string;
            /** @description Name of the surveyor who collected it (Blok III, RAW surveyor). */
            surveyorName?: string;
            toilet?: components["schemas"]["Answer"];
            /** @description Name of who typed it in from paper, where that is not the surveyor. */
            typistName?: string;
            withdrawal?: components["schemas"]["Withdrawal"];
        };
        /** @description SetUpRequest is where the server is. */
        SetUpRequest: {
            /**
             * @description Link from the administrator,
             *     "keluargasehat://siapkan?server=HOST:PORT&pin=HEX&nama=NAME".
             */
            link?: string;
        };
        /** @description SetUpResponse is what was kept. */
        SetUpResponse: {
            /** @description How people know this device. */
            deviceName?: string;
            /** @description "host:port". */
            server?: string;
        };
        /**
         * @description Sex as on the paper form (Blok IV; 1 Pria, 2 Wanita).
         *
         *      - SEX_UNSPECIFIED: Not answered.
         *      - SEX_MALE: Pria.
         *      - SEX_FEMALE: Wanita.
         * @default SEX_UNSPECIFIED
         * @enum {string}
         */
        Sex: "SEX_UNSPECIFIED" | "SEX_MALE" | "SEX_FEMALE";
        /** @description SharedIdentifier is an identifier of the own family that another has too. */
        SharedIdentifier: {
            /** @description Member whose NIK it is (UUID text). Absent: the No. KK. */
            memberId?: string;
            /**
             * @description Member of the other family whose NIK it is (UUID text). Absent: the No. KK,
             *     or the family lies in another Puskesmas.
             */
            otherMemberId?: string;
        };
        /** @description SignHandoverRequest is the code that was read. */
        SignHandoverRequest: {
            /** @description Its text. */
            code?: string;
        };
        /** @description SignHandoverResponse is the answer. */
        SignHandoverResponse: {
            code?: components["schemas"]["HandoverCode"];
        };
        /** @description SignInAgainRequest is the account's password. */
        SignInAgainRequest: {
            /** @description Password. */
            password?: string;
        };
        /** @description SignInAgainResponse is empty: sync now. */
        SignInAgainResponse: Record<string, never>;
        /** @description SignInRequest is a user's name and password. */
        SignInRequest: {
            /** @description Password. */
            password?: string;
            /** @description Name. */
            userName?: string;
        };
        /** @description SignInResponse is empty: GetStatus tells the rest. */
        SignInResponse: Record<string, never>;
        /** @description SourceColumn is one carried cell. */
        SourceColumn: {
            /** @description Full column name, such as "survei_sumber". */
            name?: string;
            /** @description Cell text, trimmed, never empty. */
            value?: string;
        };
        /**
         * @description SourceColumns are cells of the national export that this system does not
         *     read, kept so that an export gives them back.
         */
        SourceColumns: {
            /** @description In the order of the file they came from; names are unique. */
            columns?: components["schemas"]["SourceColumn"][];
        };
        /** @description SourceYear is the word of one survey year's file. */
        SourceYear: {
            /**
             * Format: byte
             * @description Id of the round that the file's survey is.
             */
            roundId?: string;
            /**
             * Format: byte
             * @description Fields of the FAMILY or MEMBER record as the file had them, in wire form.
             *     Absent: none that differs. A field that neither this nor silent names is as
             *     the record shows it.
             */
            said?: string;
            /**
             * @description Numbers of fields of which the file said nothing, although the record shows
             *     something.
             */
            silent?: number[];
        };
        /**
         * @description SourceYears is what the national export's files of several survey years said
         *     of a family or a member where it is not what the record shows, so that the
         *     order in which the files come decides nothing: a newer correction of one year
         *     takes back what that year's file said, and the other years' words hold again.
         */
        SourceYears: {
            /** @description By round, in the order of their surveys; at most one for each. */
            years?: components["schemas"]["SourceYear"][];
        };
        /** @description SplitFamilyRequest names a family, and who keeps house apart. */
        SplitFamilyRequest: {
            /** @description Number of the building that it lives in. Absent: the same building. */
            buildingNumber?: string;
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Number of the new family in its building. Absent: not known yet. */
            familyNumber?: string;
            /** @description Members who go (UUID text); the first is head of the new family. */
            memberIds?: string[];
            /** @description First local day of the new family, "2024-05-17". Absent: today. */
            since?: string;
        };
        /** @description SplitFamilyResponse is the new family. */
        SplitFamilyResponse: {
            /** @description Family (UUID text). */
            familyId?: string;
        };
        /**
         * @description Stamp orders writes: a hybrid logical clock, compared field by field in the
         *     order given. Unique, and always increasing on one device incarnation.
         */
        Stamp: {
            /**
             * Format: int64
             * @description Tells apart stamps of one millisecond.
             */
            counter?: number;
            /**
             * Format: int64
             * @description Number under which the server registered the device.
             */
            device?: number;
            /**
             * Format: int64
             * @description Drawn anew by the device whenever its database is made, restored or found
             *     to be a copy.
             */
            incarnation?: number;
            /**
             * Format: uint64
             * @description Milliseconds since 1970-01-01 UTC: the maximum of the device's wall clock
             *     and the last stamp it has seen.
             */
            timeMs?: string;
        };
        /** @description StartSyncRequest asks for a sync. */
        StartSyncRequest: Record<string, never>;
        /** @description StartSyncResponse is how far it is. */
        StartSyncResponse: {
            sync?: components["schemas"]["SyncState"];
        };
        /** @description StateCount is how many families stand in a state. */
        StateCount: {
            /**
             * Format: int64
             * @description How many.
             */
            families?: number;
            state?: components["schemas"]["FormState"];
        };
        /** @description StatedAge is an age told instead of a birth date (Blok IV). */
        StatedAge: {
            /**
             * @description Survey date on which it was stated, "2024-05-17". Never absent. Where the date
             *     of that round is corrected, it follows.
             */
            asOf?: string;
            /** @description Whether months were stated (under five years) rather than years. */
            inMonths?: boolean;
            /**
             * Format: int64
             * @description Age in completed months on as_of: twelve times the stated years, or the
             *     stated months under five years.
             */
            months?: number;
            stamp?: components["schemas"]["Stamp"];
        };
        /** @description StatedAges are ages told of one person at several surveys. */
        StatedAges: {
            /** @description Ascending by as_of, of which no two are equal. */
            ages?: components["schemas"]["StatedAge"][];
        };
        Status: {
            /** Format: int32 */
            code?: number;
            details?: components["schemas"]["Any"][];
            message?: string;
        };
        /** @description SupportContact is a person, or a desk, that users may call or write to. */
        SupportContact: {
            /** @description E-mail address. Absent: none. */
            email?: string;
            /** @description When they are there, as text: "Senin–Jumat 08.00–16.00 WIB". Absent: not said. */
            hours?: string;
            /** @description Name as shown. */
            name?: string;
            /**
             * @description Telephone. Given as people write it ("0812-3456-7890"); answered as
             *     "+6281234567890". Mobile numbers have 11 to 13 digits with their 0. Absent:
             *     none, and there is an e-mail address.
             */
            telephone?: string;
        };
        /** @description SupportDesk is what one area offers. */
        SupportDesk: {
            /** @description "id" is the nation; else a district, "32.04". */
            area?: string;
            /** @description Name of the area. Set by the server. */
            areaName?: string;
            /** @description In the order in which they are to be asked. */
            contacts?: components["schemas"]["SupportContact"][];
            /** @description Help for users, plain text with blank lines between paragraphs. */
            helpText?: string;
            /**
             * Format: uint64
             * @description When it was last set, in milliseconds since 1970. Set by the server.
             */
            updatedAtMs?: string;
        };
        /** @description SyncState is how far a sync is. What is not known is 0. */
        SyncState: {
            /**
             * Format: uint64
             * @description Bytes fetched, once it has ended.
             */
            bytesDown?: string;
            /**
             * Format: uint64
             * @description Bytes sent, once it has ended.
             */
            bytesUp?: string;
            /**
             * Format: date-time
             * @description When it ended. Absent: under way, or none yet.
             */
            endedAt?: string;
            /** @description How it failed, Indonesian. Absent: it did not. */
            error?: string;
            /** @description Device and server proved that they hold the same. */
            proved?: boolean;
            /**
             * Format: int64
             * @description Families stored.
             */
            received?: number;
            /** @description Under way. */
            running?: boolean;
            /**
             * Format: int64
             * @description Changes, submissions and verdicts with a receipt.
             */
            sent?: number;
            /** @description The server wants the password once more: SignInAgain. */
            signInAgain?: boolean;
            /**
             * Format: int64
             * @description Families to come in all: as the server announced, or more, where more came; once it
             *     has ended, as many as received.
             */
            toReceive?: number;
            /**
             * Format: int64
             * @description Changes, submissions and verdicts to be sent in all.
             */
            toSend?: number;
        };
        /**
         * @description VerdictOutcome is approved or returned.
         *
         *      - VERDICT_OUTCOME_UNSPECIFIED: Refused.
         *      - VERDICT_OUTCOME_APPROVED: Approved.
         *      - VERDICT_OUTCOME_RETURNED: Returned to the surveyor with a note.
         * @default VERDICT_OUTCOME_UNSPECIFIED
         * @enum {string}
         */
        VerdictOutcome: "VERDICT_OUTCOME_UNSPECIFIED" | "VERDICT_OUTCOME_APPROVED" | "VERDICT_OUTCOME_RETURNED";
        /** @description VillageProgress is one village. */
        VillageProgress: {
            /** @description Code, "32.04.05.2001". */
            code?: string;
            /** @description Name. */
            name?: string;
            /** @description RT with families, and those assigned without any, ascending. */
            places?: components["schemas"]["PlaceProgress"][];
            /** @description The whole village is assigned; otherwise the places named. */
            whole?: boolean;
        };
        /**
         * @description Visit is the VISIT record: one call at the house. A family may have visits
         *     and no round. Every field is a register.
         */
        Visit: {
            /** @description Advice given (intervensi). */
            advice?: string;
            /** @description Local date, "2024-05-17". Never absent. */
            date?: string;
            /**
             * Format: uint64
             * @description End, likewise.
             */
            endedAtMs?: string;
            /**
             * Format: int64
             * @description How long the interview was interrupted between, in seconds.
             */
            interruptedSeconds?: number;
            /** @description Local date promised for the next visit. Absent: none. */
            nextVisitDate?: string;
            /** @description Free remark. */
            note?: string;
            origin?: components["schemas"]["Origin"];
            outcome?: components["schemas"]["VisitOutcome"];
            position?: components["schemas"]["Position"];
            /** @description Id (UUID text) of the round that was worked on. Absent: none. */
            roundId?: string;
            /**
             * Format: uint64
             * @description Start, milliseconds since 1970-01-01 UTC by the device's clock. Absent: not timed.
             */
            startedAtMs?: string;
            /** @description Name of the surveyor who called; set by the SDK. */
            surveyorName?: string;
        };
        /**
         * @description VisitOutcome is what came of a call at a house.
         *
         *      - VISIT_OUTCOME_UNSPECIFIED: Not set; refused by checks.
         *      - VISIT_OUTCOME_COMPLETED: Selesai.
         *      - VISIT_OUTCOME_PARTIAL: Sebagian.
         *      - VISIT_OUTCOME_NOT_AT_HOME: Tidak di rumah.
         *      - VISIT_OUTCOME_REFUSED: Menolak. Opens no round.
         *      - VISIT_OUTCOME_MOVED: Pindah.
         *      - VISIT_OUTCOME_VACANT: Rumah kosong.
         * @default VISIT_OUTCOME_UNSPECIFIED
         * @enum {string}
         */
        VisitOutcome: "VISIT_OUTCOME_UNSPECIFIED" | "VISIT_OUTCOME_COMPLETED" | "VISIT_OUTCOME_PARTIAL" | "VISIT_OUTCOME_NOT_AT_HOME" | "VISIT_OUTCOME_REFUSED" | "VISIT_OUTCOME_MOVED" | "VISIT_OUTCOME_VACANT";
        /**
         * @description Withdrawal marks a round that the family refused to go on with; see
         *     Round.withdrawal.
         */
        Withdrawal: {
            /** @description Local date, "2024-05-17". Never absent. */
            date?: string;
            /** @description Reason as told. Absent: none given. */
            note?: string;
            /**
             * @description What the author had seen of the family's registers: for each device
             *     incarnation the highest stamp, ascending by device, incarnation. Set by the SDK
             *     and the server's forms. Absent: all that there was. A stamp that does not lie
             *     before the change's own tells nothing of its source. What people read does not
             *     show it.
             */
            seen?: components["schemas"]["Stamp"][];
        };
        /**
         * @description Work in the paper form's order.
         *
         *      - WORK_UNSPECIFIED: Not answered.
         *      - WORK_NONE: 1 Tidak kerja.
         *      - WORK_SCHOOL: 2 Sekolah.
         *      - WORK_PUBLIC_SERVICE: 3 PNS/TNI/Polri/BUMN/BUMD.
         *      - WORK_PRIVATE_EMPLOYEE: 4 Pegawai swasta.
         *      - WORK_SELF_EMPLOYED: 5 Wiraswasta/pedagang.
         *      - WORK_FARMER: 6 Petani.
         *      - WORK_FISHER: 7 Nelayan.
         *      - WORK_LABOURER: 8 Buruh.
         *      - WORK_OTHER: 9 Lainnya.
         * @default WORK_UNSPECIFIED
         * @enum {string}
         */
        Work: "WORK_UNSPECIFIED" | "WORK_NONE" | "WORK_SCHOOL" | "WORK_PUBLIC_SERVICE" | "WORK_PRIVATE_EMPLOYEE" | "WORK_SELF_EMPLOYED" | "WORK_FARMER" | "WORK_FISHER" | "WORK_LABOURER" | "WORK_OTHER";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    AppService_Activate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ActivateRequest is what a card says, and the password that its owner chooses. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivateResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_CarryBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description CarryBackupRequest is another device's file. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CarryBackupRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CarryBackupResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_ExportBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ExportBackupRequest asks for a backup file. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportBackupRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportBackupResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_FillFromCard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description FillFromCardRequest names a family and its card. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["FillFromCardRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FillFromCardResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_KeepOpen: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description KeepOpenRequest tells that somebody is at work. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepOpenRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeepOpenResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_Lock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description LockRequest asks for the user's data to be closed. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["LockRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_SetUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SetUpRequest is where the server is. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetUpResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_SignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SignInRequest is a user's name and password. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_SignInAgain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SignInAgainRequest is the account's password. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInAgainRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInAgainResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_SplitFamily: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SplitFamilyRequest names a family, and who keeps house apart. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitFamilyRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SplitFamilyResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_ListAreas: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAreasResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_ListCarried: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListCarriedResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    HelpService_ListContacts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListContactsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    HandoverService_AcceptHandover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description AcceptHandoverRequest is the supervisor's answer. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptHandoverRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptHandoverResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    HandoverService_BeginHandover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description BeginHandoverRequest says from whom to whom. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginHandoverRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BeginHandoverResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    HandoverService_ListColleagues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ListColleaguesRequest says from whom. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListColleaguesRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListColleaguesResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    HandoverService_ReadHandover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ReadHandoverRequest is a code of another device. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadHandoverRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadHandoverResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    HandoverService_SignHandover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description SignHandoverRequest is the code that was read. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignHandoverRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignHandoverResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_ListOutbox: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOutboxResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    DeskService_ApproveClean: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ApproveCleanRequest names families with the states looked at. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveCleanRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproveCleanResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    DeskService_GetReviewed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetReviewedResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    DeskService_Judge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Family (UUID text). */
                familyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JudgeBody"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JudgeResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    DeskService_ListQueue: {
        parameters: {
            query?: {
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
                /** @description next_page_token of the page before. */
                pageToken?: string;
                /** @description Returned families instead: what surveyors have yet to correct. */
                returned?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListQueueResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    DeskService_ListVerdicts: {
        parameters: {
            query?: {
                /**
                 * @description Only those that the server did not apply, and of which the user has neither said to
                 *     have read it nor judged the family again here.
                 */
                notApplied?: boolean;
                /** @description At most 1000; 0 means 100. */
                pageSize?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListVerdictsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    DeskService_AcknowledgeVerdicts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description AcknowledgeVerdictsRequest names verdicts. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcknowledgeVerdictsRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcknowledgeVerdictsResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_GetStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetStatusResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_StartSync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description StartSyncRequest asks for a sync. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartSyncRequest"];
            };
        };
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartSyncResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    AppService_GetToday: {
        parameters: {
            query?: {
                /** @description The day, "2024-05-17". Absent: today, as GetStatus tells it. */
                date?: string;
                /** @description At most so many of each list; 0 means 100. Of unfinished at most 50. */
                pageSize?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A successful response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetTodayResponse"];
                };
            };
            /** @description An unexpected error response. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
}
