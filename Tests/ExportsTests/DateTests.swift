import Foundation
import Testing

@testable import Exports

@Suite struct DateTests {
  private let zone = LocalZone(TimeZone(identifier: "Europe/Amsterdam") ?? .gmt)

  @Test(arguments: [
    ("2024-05-14T08:00:00.123Z", "2024-05-14T08:00:00.123Z"),
    ("2024-05-14T10:00:00+02:00", "2024-05-14T10:00:00+02:00"),
    ("2023-06-11 15:33:58 UTC", "2023-06-11T15:33:58Z"),
    ("Tue May 14 08:00:00 +0000 2024", "2024-05-14T08:00:00Z"),
    ("Tue, 14 May 2024 10:00:00 +0200 (CEST)", "2024-05-14T10:00:00+02:00"),
    ("14 May 24 10:00 EST", "2024-05-14T10:00:00-05:00"),
    ("14 mei 2024 om 10:00", "2024-05-14T10:00:00+02:00"),
    ("May 14, 2024 at 3:05 PM", "2024-05-14T15:05:00+02:00"),
    ("May 14, 2024, 12:05:06 AM UTC", "2024-05-14T00:05:06Z"),
    ("14-05-2024 10:00", "2024-05-14T10:00:00+02:00"),
    ("05/24/2024 10:00", "2024-05-24T10:00:00+02:00"),
    ("2024/05/14 10:00:00", "2024-05-14T10:00:00+02:00"),
    ("20240514T100000Z", "2024-05-14T10:00:00Z"),
    ("2024-01-14", "2024-01-14T00:00:00+01:00"),
    ("Sun, 09 Sep 2001 01:46:40 -0000", "2001-09-09T01:46:40Z"),
    ("1 december 1999 23:59:59", "1999-12-01T23:59:59+01:00"),
  ])
  func reads(_ text: String, _ expected: String) throws {
    let clock = try #require(DateParser.parse(text))
    #expect(zone.instant(clock).0.rfc3339 == expected)
  }

  @Test(arguments: ["", "gisteren", "31-02-2024 10:00", "99:99", "2024-13-01", "????", "Re: 1 2"])
  func refuses(_ text: String) { #expect(DateParser.parse(text) == nil) }

  @Test func civilDaysAgreeWithTheCalendar() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for days in stride(from: -200_000, through: 200_000, by: 379) where days > -141_000 {
      let date = CivilDate.date(days)
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86400))
      #expect(date.year == parts.year && date.month == parts.month && date.day == parts.day)
      #expect(CivilDate.days(date.year, date.month, date.day) == days)
    }
  }

  @Test func epochsTellTheirUnitBySize() {
    for value in [1_715_673_600, 1_715_673_600_000, 1_715_673_600_000_000, 1_715_673_600_000_000_000] {
      #expect(Timestamp(epoch: value)?.seconds == 1_715_673_600)
    }
    #expect(Timestamp(epoch: 12) == nil)
    #expect(Timestamp(epoch: -5) == nil)
  }

  @Test func hoursThatAreMissingOrDoubleAreTold() {
    let skipped = zone.instant(ClockTime(year: 2022, month: 3, day: 27, hour: 2, minute: 30))
    #expect(skipped.0.rfc3339 == "2022-03-27T03:30:00+02:00")
    #expect(skipped.1 == .skippedHour)
    let doubled = zone.instant(ClockTime(year: 2022, month: 10, day: 30, hour: 2, minute: 30))
    #expect(doubled.0.rfc3339 == "2022-10-30T02:30:00+02:00")
    #expect(doubled.1 == .doubledHour)
    #expect(
      zone.instant(ClockTime(year: 2022, month: 10, day: 30, hour: 3, minute: 30)).0.rfc3339
        == "2022-10-30T03:30:00+01:00")
  }
}
