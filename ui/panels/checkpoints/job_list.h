// SPDX-License-Identifier: GPL-3.0-or-later
// What is being done with checkpoints, and what came of it: a row each, with its time and a way to end it.
#pragma once

#include <QFrame>
#include <QJsonDocument>
#include <QScrollArea>
#include <QTimer>
#include <functional>

#include "ui/services/command_job.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace switchyard::ui {

class ElidedLabel;
class IconButton;

/// What a finished command is told as.
struct JobWords {
    QString text;
    bool good = true;
};

/// One command. Thread: GUI thread.
class JobRow : public QFrame {
    Q_OBJECT
public:
    enum class State { kWaiting, kRunning, kGood, kBad, kCancelled };
    using Tell = std::function<JobWords(const QJsonDocument& answer, int code)>;
    /// @param run whose checkpoints it works on: named beside the words once another run is shown
    JobRow(const QString& title, const QString& run, const QStringList& arguments, Tell tell,
           QWidget* parent = nullptr);
    void start();
    void setShownRun(const QString& run);
    /// Also of one that waits.
    void cancel();
    State state() const { return state_; }
    QString text() const;
    QPushButton& cancelButton() const { return *cancel_; }

Q_SIGNALS:
    /// It ended, however.
    void settled(switchyard::ui::JobRow::State state, const QJsonDocument& answer);
    /// The person has seen what came of it.
    void putAway();

private:
    void settle(State state, const QString& words, const QJsonDocument& answer = {});
    void tell();
    void recolor();

    QString title_, words_, run_, shown_run_;
    Tell tell_;
    State state_ = State::kWaiting;
    CommandJob* job_;
    QTimer tick_;
    QLabel* icon_;
    ElidedLabel* text_;
    QLabel* time_;
    QPushButton* cancel_;
    IconButton* close_;
};

/// Newest first, run one at a time; hidden while there is none. Thread: GUI thread.
class JobList : public QScrollArea {
    Q_OBJECT
public:
    explicit JobList(QWidget* parent = nullptr);
    JobRow* add(const QString& title, const QStringList& arguments, JobRow::Tell tell);
    QList<JobRow*> rows() const;  ///< newest first
    /// The run on the page, by its name.
    void setRun(const QString& run);

private:
    void startNext();
    void tidy();
    void remove(JobRow* row);
    void fit();  ///< as high as its rows, and no higher than a few

    QString run_;
    QVBoxLayout* column_;
};

}  // namespace switchyard::ui
