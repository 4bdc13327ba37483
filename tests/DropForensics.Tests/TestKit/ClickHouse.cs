using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DropForensics.Tests.TestKit;

/// <summary>A server of ClickHouse with all that it has in a directory of the test's, on the loopback; it ends with the test.</summary>
internal sealed class ClickHouse : IDisposable
{
    private readonly Process _server;
    private readonly string _client;

    public ClickHouse(ScratchDirectory directory, string server, string client)
    {
        (_client, Port) = (client, FreePort());
        string folder = directory.File("clickhouse");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "users.xml"), """
            <yandex>
              <profiles><default></default></profiles>
              <users><default><password></password><networks><ip>127.0.0.1</ip><ip>::1</ip></networks><profile>default</profile><quota>default</quota></default></users>
              <quotas><default></default></quotas>
            </yandex>
            """);
        File.WriteAllText(Path.Combine(folder, "config.xml"), $"""
            <yandex>
              <logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
              <listen_host>127.0.0.1</listen_host>
              <tcp_port>{Port}</tcp_port>
              <path>{folder}/data/</path>
              <tmp_path>{folder}/tmp/</tmp_path>
              <users_config>users.xml</users_config>
              <mark_cache_size>5368709</mark_cache_size>
            </yandex>
            """);
        _server = Shell.Start(server, $"--config-file={Path.Combine(folder, "config.xml")}");
        _ = _server.StandardOutput.ReadToEndAsync();
        _ = _server.StandardError.ReadToEndAsync();
        Await.Until(() => _server.HasExited || Shell.Run(client, "--port", $"{Port}", "--query", "SELECT 1").ExitCode == 0);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The answer, a line a row.</summary>
    public string Ask(string sql)
    {
        Finished finished = Shell.Run(_client, "--port", $"{Port}", "--query", sql);
        return finished.ExitCode == 0 ? finished.Output : throw new InvalidOperationException(finished.ToString());
    }

    public void Dispose()
    {
        if (!_server.HasExited) _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
