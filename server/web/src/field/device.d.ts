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
        Any: {
            "@type"?: string;
        } & {
            [key: string]: unknown;
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
            /** @description Why the server refused a part as a whole. Absent: it did not. */
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
        /** @description Counts is how many of the user's changes stand where. */
        Counts: {
            /**
             * Format: int64
             * @description Applied by the central store.
             */
            applied?: number;
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
        };
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
         * @description FormState is where a family stands in collection, as a list shows it.
         *
         *      - FORM_STATE_UNSPECIFIED: Any, in a filter.
         *      - FORM_STATE_NOT_VISITED: "belum dikunjungi": neither a round nor a visit.
         *      - FORM_STATE_DRAFT: "belum lengkap": a round was begun, or nobody was at home.
         *      - FORM_STATE_COMPLETE: "lengkap": an index, not submitted.
         *      - FORM_STATE_SUBMITTED: "diajukan".
         *      - FORM_STATE_RETURNED: "dikembalikan".
         *      - FORM_STATE_APPROVED: "disetujui".
         *      - FORM_STATE_REFUSED: "menolak": the last visit was refused.
         *      - FORM_STATE_MOVED: "pindah": moved away, or not counted any more.
         * @default FORM_STATE_UNSPECIFIED
         * @enum {string}
         */
        FormState: "FORM_STATE_UNSPECIFIED" | "FORM_STATE_NOT_VISITED" | "FORM_STATE_DRAFT" | "FORM_STATE_COMPLETE" | "FORM_STATE_SUBMITTED" | "FORM_STATE_RETURNED" | "FORM_STATE_APPROVED" | "FORM_STATE_REFUSED" | "FORM_STATE_MOVED";
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
            /** @description The day, "2024-05-17". */
            date?: string;
            /** @description Visits promised for today or earlier. */
            promised?: components["schemas"]["HouseholdSummary"][];
            /** @description Not visited, by house number. */
            rest?: components["schemas"]["HouseholdSummary"][];
            /**
             * Format: int64
             * @description How many are not visited in all.
             */
            restTotal?: number;
            /** @description Returned by the supervisor. */
            returned?: components["schemas"]["HouseholdSummary"][];
            /** @description Begun and not finished, with who is missing. */
            unfinished?: components["schemas"]["HouseholdSummary"][];
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
            /** @description Id (UUID text). */
            familyId?: string;
            /** @description Number of the family in that house. Absent: not known. */
            familyNumber?: string;
            /** @description Name of the head. Absent: not known. */
            headName?: string;
            /** @description IKS to three decimals (inti). Absent: none. */
            iks?: string;
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
            /** @description Survey date of the round that counts. Absent: none. */
            surveyDate?: string;
            /** @description Own work on it that the server has not applied. Only from the SDK. */
            unsent?: boolean;
            /** @description Code of the village, "32.04.05.2001". */
            villageCode?: string;
        };
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
        /** @description ListOutboxResponse is the list. */
        ListOutboxResponse: {
            /** @description Newest first. */
            entries?: components["schemas"]["OutboxEntry"][];
        };
        /** @description LockRequest asks for the user's data to be closed. */
        LockRequest: Record<string, never>;
        /** @description LockResponse is empty. */
        LockResponse: Record<string, never>;
        /** @description OutboxEntry is a family with the user's own changes. */
        OutboxEntry: {
            /**
             * Format: int64
             * @description How many changes.
             */
            changes?: number;
            /** @description Family (UUID text). */
            familyId?: string;
            /** @description Name of its head. Absent: not known. */
            headName?: string;
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
         * @default OUTBOX_STATE_UNSPECIFIED
         * @enum {string}
         */
        OutboxState: "OUTBOX_STATE_UNSPECIFIED" | "OUTBOX_STATE_SAVED" | "OUTBOX_STATE_APPLIED" | "OUTBOX_STATE_REFUSED" | "OUTBOX_STATE_QUARANTINED";
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
        /** @description SignInRequest is a user's name and password. */
        SignInRequest: {
            /** @description Password. */
            password?: string;
            /** @description Name. */
            userName?: string;
        };
        /** @description SignInResponse is empty: GetStatus tells the rest. */
        SignInResponse: Record<string, never>;
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
        Status: {
            /** Format: int32 */
            code?: number;
            details?: components["schemas"]["Any"][];
            message?: string;
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
             * @description Changes with a receipt.
             */
            sent?: number;
            /**
             * Format: int64
             * @description Families that the server announced.
             */
            toReceive?: number;
            /**
             * Format: int64
             * @description Changes to be sent in all.
             */
            toSend?: number;
        };
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
                /** @description At most so many of the rest; 0 means 100. */
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
