using System.Runtime.Versioning;

// Tests that need more than .NET skip themselves elsewhere.
[assembly: SupportedOSPlatform("linux")]
