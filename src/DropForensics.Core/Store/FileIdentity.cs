namespace DropForensics.Core.Store;

/// <summary>By which a file is known again, whatever its name; both numbers are 0 where the system has none.</summary>
internal readonly record struct FileIdentity(ulong Device, long Inode);
