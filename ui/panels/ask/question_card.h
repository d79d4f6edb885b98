// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked: a picture, a question or one text or two, and of a text model which task.
#pragma once

#include <QTimer>

#include "ui/models/ask_answer.h"
#include "ui/services/failure.h"
#include "ui/widgets/card.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace switchyard::ui {

class DropZone;
class ElidedLabel;
class PictureBox;
class PictureLoader;

/// Thread: GUI thread.
class QuestionCard : public Card {
    Q_OBJECT
public:
    explicit QuestionCard(PictureLoader& pictures, QWidget* parent = nullptr);
    /// Fields that such a model has no use for are hidden; what stands in them stays.
    void setSubject(const AskSubject& subject);
    /// As far as it is written, without what the model has no use for.
    const AskQuery& query() const { return query_; }
    /// Why query() can not be asked yet: what is missing; "" = it can.
    QString missing() const;
    void setQuery(const AskQuery& query);
    void setPicture(const QString& file);
    bool isEmpty() const;
    QLineEdit* field() const { return text_; }
    QLineEdit* pairField() const { return pair_; }
    QComboBox* tasks() const { return tasks_; }
    DropZone* dropZone() const { return zone_; }

Q_SIGNALS:
    void changed();  ///< a moment after the last key, at once for all else
    void askNow();   ///< Enter, or the button
    void browseAsked();
    void trainAsked();
    void failed(const switchyard::ui::Failure& failure);

private:
    QWidget* makePicture(PictureLoader& pictures);
    QWidget* makeFields();
    void take();
    void showPicture();
    void showFields();

    AskSubject subject_;
    AskQuery query_;
    QString image_;
    QTimer typed_;
    QWidget* picture_column_;
    DropZone* zone_;
    QWidget* picture_whole_;
    PictureBox* picture_;
    ElidedLabel* picture_name_;
    QLabel* about_;
    QPushButton* train_;
    QComboBox* tasks_;
    QLabel* text_label_;
    QLineEdit* text_;
    QLabel* pair_label_;
    QLineEdit* pair_;
    QPushButton* ask_;
};

}  // namespace switchyard::ui
