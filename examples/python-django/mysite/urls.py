from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path


def hello(request):
    return HttpResponse(f"Django with {static('admin/css/base.css')}")


urlpatterns = [path("", hello)]
