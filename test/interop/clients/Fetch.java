// One GET by java.net.http: prints status and body, or the cause of the failure and exits with 1.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Fetch {
  public static void main(String[] words) throws InterruptedException {
    boolean failed = false;
    for (String url : words) {
      try {
        var response = HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        System.out.println(url + " " + response.statusCode() + " " + response.version() + " " + title(response.body()));
      } catch (java.io.IOException failure) {
        System.out.println(url + " refused " + failure.getMessage());
        failed = true;
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private static String title(String page) {
    int start = page.indexOf("<title>");
    return start < 0 ? "" : page.substring(start + 7, page.indexOf("</title>"));
  }
}
