internal import GRDB

/// The tables of a casebook. docs/casebook.md describes them.
enum Schema {
  /// "WBcb": by this SQLite knows the file as a casebook.
  static let applicationID = 0x5742_6362

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          PRAGMA application_id = \(applicationID);

          CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL);

          -- Personal content, under the SHA-256 of salt and body. Erasing empties both; the hash stays in the history.
          CREATE TABLE content (digest TEXT PRIMARY KEY, salt BLOB, body BLOB);

          CREATE TABLE sender (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, platform TEXT NOT NULL, name TEXT, handle TEXT,
            warned INTEGER);

          CREATE TABLE casefile (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, sender INTEGER REFERENCES sender(id),
            state TEXT NOT NULL, level INTEGER NOT NULL, messages INTEGER NOT NULL DEFAULT 0,
            first INTEGER NOT NULL, last INTEGER NOT NULL);
          CREATE INDEX casefile_sender ON casefile(sender, last);
          CREATE INDEX casefile_kind ON casefile(kind, last);

          CREATE TABLE entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT, casefile INTEGER NOT NULL REFERENCES casefile(id),
            number INTEGER NOT NULL, identity TEXT NOT NULL UNIQUE, sender INTEGER NOT NULL REFERENCES sender(id),
            level INTEGER NOT NULL, assessed INTEGER NOT NULL, state TEXT NOT NULL, moment INTEGER NOT NULL,
            time TEXT, received INTEGER NOT NULL, platform TEXT NOT NULL, categories TEXT NOT NULL, reasons TEXT NOT NULL,
            protected TEXT, content TEXT NOT NULL REFERENCES content(digest), erased INTEGER NOT NULL DEFAULT 0,
            UNIQUE (casefile, number));
          CREATE INDEX entry_moment ON entry(moment);
          CREATE INDEX entry_sender ON entry(sender, moment);
          CREATE INDEX entry_received ON entry(received);

          -- Messages that belong to a campaign or a burst besides their own case.
          CREATE TABLE member (
            casefile INTEGER NOT NULL REFERENCES casefile(id), entry INTEGER NOT NULL REFERENCES entry(id),
            PRIMARY KEY (casefile, entry)) WITHOUT ROWID;
          CREATE INDEX member_entry ON member(entry);

          -- What near-identical texts are found by.
          CREATE TABLE signature (entry INTEGER PRIMARY KEY REFERENCES entry(id), value BLOB NOT NULL);
          CREATE TABLE band (
            number INTEGER NOT NULL, value INTEGER NOT NULL, entry INTEGER NOT NULL REFERENCES entry(id),
            PRIMARY KEY (number, value, entry)) WITHOUT ROWID;
          CREATE INDEX band_entry ON band(entry);

          CREATE TABLE history (
            number INTEGER PRIMARY KEY, time TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
          CREATE INDEX history_subject ON history(subject);
          CREATE TRIGGER history_is_not_changed BEFORE UPDATE ON history
            BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;
          CREATE TRIGGER history_is_not_removed BEFORE DELETE ON history
            BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;

          -- Files that are being worked off, with how far they are.
          CREATE TABLE job (
            id TEXT PRIMARY KEY, name BLOB NOT NULL, shown TEXT NOT NULL, taken INTEGER NOT NULL, state TEXT NOT NULL,
            messages INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, flagged INTEGER NOT NULL DEFAULT 0,
            added INTEGER NOT NULL DEFAULT 0, fingerprint TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
            placed BLOB);

          -- Alerts that must still go out.
          CREATE TABLE alert (
            entry INTEGER PRIMARY KEY REFERENCES entry(id), level INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
            next INTEGER NOT NULL DEFAULT 0);
          """)
    }
    return migrator
  }
}
