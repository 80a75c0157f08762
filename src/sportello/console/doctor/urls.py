"""Addresses of the doctor."""

from django.urls import path

from sportello.console.doctor import views

app_name = "doctor"
urlpatterns = [
    path("", views.doctor, name="doctor"),
    path("examinations", views.examinations, name="examinations"),
    path("help", views.guide, name="help"),
    path("errors", views.errors, name="errors"),
    path("risk", views.risk, name="risk"),
    path("<int:examination_id>", views.examination, name="examination"),
    path("<int:examination_id>/deed", views.deed, name="deed"),
]
