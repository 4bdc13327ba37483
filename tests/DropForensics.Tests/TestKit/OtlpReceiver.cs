using System.Net;
using System.Net.Sockets;

namespace DropForensics.Tests.TestKit;

/// <summary>A receiver of OTLP over HTTP on this machine, for one request of metrics in JSON.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task<string> _request;

    public OtlpReceiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _request = Answer();
    }

    public int Port { get; }

    /// <summary>What came, once it has come.</summary>
    public string Body => _request.WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();

    public void Dispose() => _listener.Close();

    private async Task<string> Answer()
    {
        HttpListenerContext context = await _listener.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream);
        string body = await reader.ReadToEndAsync();
        bool isRight = context.Request is { HttpMethod: "POST", ContentType: "application/json", Url.AbsolutePath: "/v1/metrics" };
        context.Response.StatusCode = isRight ? 200 : 400;
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync("{}"u8.ToArray());
        context.Response.Close();
        return isRight ? body : throw new InvalidOperationException($"{context.Request.HttpMethod} {context.Request.Url} {context.Request.ContentType}");
    }
}
