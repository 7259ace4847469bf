-- +goose Up

-- Registrations stand behind row-level security too: whole with the office of their
-- district and those above it, and to a Puskesmas as far as its own list goes. A
-- transaction declares ks.requests_from and ks.requests_to, between which the
-- districts lie that it may read and write, or ks.puskesmas. Unset means nothing.

-- ks_looking_up: within one of the functions below, whose answers are ids, states
-- and hashes. Each policy asks it first, in a CASE, whose order is kept: a function
-- that a policy calls must not come back to it.
CREATE FUNCTION ks_looking_up() RETURNS BOOLEAN LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('ks.lookup', true), '') = 'on' $$;

CREATE FUNCTION ks_own_puskesmas() RETURNS TEXT LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('ks.puskesmas', true), '') $$;

CREATE FUNCTION ks_requests_from() RETURNS TEXT LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('ks.requests_from', true), '') $$;

CREATE FUNCTION ks_requests_to() RETURNS TEXT LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('ks.requests_to', true), '') $$;

-- ks_requests are the registrations of the districts declared.
CREATE FUNCTION ks_requests() RETURNS BIGINT[] LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT array_agg(number) FROM registration r WHERE r.district >= ks_requests_from() AND r.district < ks_requests_to() $$;

-- ks_requests_of_own are those in which the Puskesmas declared stands.
CREATE FUNCTION ks_requests_of_own() RETURNS BIGINT[] LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT array_agg(p.registration) FROM registration_puskesmas p WHERE p.puskesmas = ks_own_puskesmas() $$;

ALTER TABLE registration ENABLE ROW LEVEL SECURITY;
ALTER TABLE registration FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON registration
    USING (CASE WHEN (SELECT ks_looking_up()) THEN true
        WHEN district >= (SELECT ks_requests_from()) AND district < (SELECT ks_requests_to()) THEN true
        ELSE number = ANY ((SELECT ks_requests_of_own())::BIGINT[]) END)
    WITH CHECK (CASE WHEN district >= (SELECT ks_requests_from()) AND district < (SELECT ks_requests_to()) THEN true
        ELSE number = ANY ((SELECT ks_requests_of_own())::BIGINT[]) END);

-- What persons' names and numbers are sealed in: by district, or the own list.
-- The rest, states and steps, by registration.
-- +goose StatementBegin
DO $$
DECLARE t TEXT; own TEXT;
BEGIN
    FOREACH t IN ARRAY ARRAY['registration_puskesmas', 'registration_event', 'registration_nominee', 'registration_file'] LOOP
        own := CASE WHEN t IN ('registration_nominee', 'registration_file') THEN 'puskesmas = (SELECT ks_own_puskesmas())'
            ELSE 'registration = ANY ((SELECT ks_requests_of_own())::BIGINT[])' END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY scope ON %I
            USING (CASE WHEN (SELECT ks_looking_up()) THEN true WHEN registration = ANY ((SELECT ks_requests())::BIGINT[]) THEN true ELSE %s END)
            WITH CHECK (CASE WHEN registration = ANY ((SELECT ks_requests())::BIGINT[]) THEN true ELSE %s END)', t, own, own);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Whether a person, a telephone number, an address or a Puskesmas stands in other
-- registrations is asked over all of them, of who verifies one; the caller tells
-- a district no more than that it is so.
CREATE FUNCTION ks_nominees_sharing(nik BYTEA, mobile BYTEA, email BYTEA, at_most BIGINT) RETURNS SETOF registration_nominee
LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM registration_nominee n WHERE n.nik_hash = nik OR n.mobile_hash = mobile OR n.email_hash = email ORDER BY n.number LIMIT at_most $$;

CREATE FUNCTION ks_stands(of_puskesmas TEXT, of_registration BIGINT) RETURNS SETOF registration_puskesmas
LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM registration_puskesmas p WHERE p.puskesmas = of_puskesmas OR p.registration = of_registration ORDER BY p.registration, p.puskesmas $$;
