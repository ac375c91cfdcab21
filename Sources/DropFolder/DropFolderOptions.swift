public import Exports
public import PolicyFile

/// How a folder is watched.
public struct DropFolderOptions: Sendable {
  /// A file is complete when it stayed the same for so long.
  public var settle = Duration.seconds(5)
  /// Files that are worked off side by side.
  public var workers = 2
  /// Works off what is there and ends.
  public var once = false
  public var policy = OfficePolicy.standard
  public var exports = ExportOptions()
  /// Who stands in the casebook's history.
  public var actor = "weerbaar watch"
  /// How often the whole folder is gone through.
  public var sweep = Duration.seconds(60)
  /// How long to wait before trying again where there was no room.
  public var patience = Duration.seconds(5)

  public init() {}

  /// Whether the policy names anybody to alert.
  var sendsAlerts: Bool {
    !policy.alerts.command.isEmpty || policy.alerts.webhook != nil || !policy.alerts.mail.isEmpty
  }
}
