"""Who buys, and where it is sent: addresses as each country writes them. The same number, the same person.

Nobody here is real. Streets and towns are; numbers of companies are those that public examples use.
"""

import random
from collections.abc import Callable, Mapping

import msgspec

from amazon_simulator.world.entities import Buyer


class Place(msgspec.Struct, frozen=True):
    """Where a parcel goes: as `Buyer` names its parts."""

    line_1: str
    town: str
    postcode: str
    line_2: str = ""
    line_3: str = ""
    county: str = ""
    state: str = ""
    address_type: str = "RESIDENTIAL"


PICKUP = "PICKUP_POINT"
PLACES: Mapping[str, tuple[Place, ...]] = {
    "GB": (
        Place("1 Quay Street", "Hull", "HU1 1AA", county="East Riding of Yorkshire"),
        Place("Flat 4", "London", "SE10 9HT", line_2="Trafalgar House", line_3="12 Romney Road"),
        Place("22 Harbour Row", "Whitby", "YO22 4DE", county="North Yorkshire"),
        Place("Flat 2/1", "Glasgow", "G3 8QJ", line_2="90 Kent Road", county="Lanarkshire"),
        Place("The Old Boathouse", "Falmouth", "TR11 3XE", line_2="Fish Strand Hill", county="Cornwall"),
        Place("7 Fisherwick Place", "Belfast", "BT1 6AG", county="County Antrim", state="Northern Ireland"),
        Place("Rose Cottage", "Portree", "IV51 9DB", line_2="Bosville Terrace", state="Isle of Skye"),
        Place("4 Rue du Croquet", "St Brelade", "JE3 8BZ", state="Jersey"),
    ),
    "DE": (
        Place("Hafenstraße 7", "Hamburg", "20359"),
        Place("c/o Schröder", "Hamburg", "20099", line_2="Lange Reihe 12"),
        Place("Hinterhaus, 2. OG", "Berlin", "10963", line_2="Möckernstraße 68", state="Berlin"),
        Place("Packstation 145", "Köln", "50667", line_2="1234567890", address_type=PICKUP),
        Place("Am Brunnen 3", "Füssen", "87629", line_2="Ortsteil Weißensee", state="Bayern"),
        Place("Postfiliale 502", "München", "80331", line_2="9876543210", address_type=PICKUP),
    ),
    "FR": (
        Place("12 rue du Port", "NANTES", "44000"),
        Place("Bâtiment C, Apt 31", "MARSEILLE", "13002", line_2="8 quai de la Joliette"),
        Place("Résidence Les Embruns", "SAINT-MALO", "35400", line_2="3 chaussée du Sillon", line_3="Escalier B"),
        Place("BP 412", "LYON CEDEX 02", "69288", line_2="17 quai Tilsitt"),
    ),
    "IT": (
        Place("Via del Porto 3", "Genova", "16126", state="GE"),
        Place("Corso Umberto I, 44", "Napoli", "80138", line_2="Scala B, int. 12", state="NA"),
        Place("Fondamenta Nove 5012", "Venezia", "30121", line_2="Cannaregio", state="VE"),
    ),
    "ES": (
        Place("Calle del Mar 9", "Valencia", "46003", state="Valencia"),
        Place("Av. de Anaga 25", "Santa Cruz de Tenerife", "38001", line_2="3º B", state="Santa Cruz de Tenerife"),
        Place("Carrer de Balmes 112", "Barcelona", "08008", line_2="Principal 2ª", state="Barcelona"),
    ),
    "NL": (
        Place("Kade 5", "Rotterdam", "3011 AA"),
        Place("Prinsengracht 263", "Amsterdam", "1016 GV", line_2="2 hoog", state="Noord-Holland"),
    ),
    "SE": (Place("Hamngatan 4", "Göteborg", "411 06"), Place("c/o Lind", "Visby", "621 55", line_2="Strandgatan 16")),
    "BE": (Place("Kaai 2", "Antwerpen", "2000"), Place("Rue de Flandre 46", "Bruxelles", "1000", line_2="bte 3")),
    "PL": (Place("ul. Długie Pobrzeże 12/4", "Gdańsk", "80-888", state="Pomorskie"),),
    "IE": (
        Place("14 Custom House Quay", "Dublin", "D01 W5P6", county="Dublin"),
        Place("Harbour View", "Kinsale", "P17 XW58", line_2="Pier Road", county="Co. Cork"),
    ),
    "US": (
        Place("5 Pier Avenue", "Portland", "04101", state="ME"),
        Place("900 Bay Street", "Oakland", "94607-1204", line_2="Apt 12B", state="CA"),
        Place("2200 Ala Moana Blvd", "Honolulu", "96815", line_2="Ste 301", state="HI"),
        Place("PO Box 88", "Homer", "99603", state="AK"),
        Place("PSC 473 Box 12", "FPO", "96349", state="AP"),
        Place("1 Calle del Cristo", "San Juan", "00901", line_2="Urb. Viejo San Juan", state="PR"),
    ),
    "CA": (
        Place("8 Quai St", "Halifax", "B3H 1A1", state="NS"),
        Place("1200 rue de la Commune O", "Montréal", "H3C 2C7", line_2="app. 704", state="QC"),
    ),
    "MX": (
        Place("Malecón 44", "Veracruz", "91700", line_2="Col. Centro", county="Veracruz", state="VER"),
        Place("Av. Costera 1803 Int. 4", "Acapulco", "39850", line_2="Fracc. Costa Azul", state="GRO"),
    ),
    "JP": (
        Place("中区海岸通1-1", "横浜市", "231-0002", line_2="ハーバーハイツ302号", state="神奈川県"),
        Place("築港3-2-1", "大阪市港区", "552-0021", state="大阪府"),
    ),
    "AU": (
        Place("Unit 3, 18 Marine Parade", "Fremantle", "6160", state="WA"),
        Place("44 Salamanca Place", "Hobart", "7000", state="TAS"),
    ),
    "SG": (Place("12 Keppel Bay Drive", "Singapore", "098633", line_2="#08-14"),),
    "KW": (Place("Block 4, Street 12, House 7", "Kuwait City", "13001", line_2="Sharq", state="Al Asimah"),),
}  # fmt: skip
NAMES: Mapping[str, tuple[str, ...]] = {
    "GB": ("Ada Byron", "Anne O'Neil", "Prof. Muriel St. Clair-Ford", "Dai Llewellyn"),
    "DE": ("Zoë Müller", "Łukasz Żak", "Dr. Jürgen Weiß", "Familie Groß"),
    "FR": ("José Núñez", "Aurélie d'Été", "M. et Mme Le Goff"),
    "IT": ("Chiara Rossi", "Niccolò D'Angelo"),
    "ES": ("Lucía Gómez", "Iñaki Etxeberria"),
    "NL": ("Sanne de Vries", "J. van 't Hof"),
    "SE": ("Åsa Öberg", "Nils Sjöström"),
    "BE": ("Lotte Peeters", "Éloïse Lambert"),
    "PL": ("Łucja Śliwińska", "Wojciech Źrebiec"),
    "IE": ("Caoimhe Ní Bhriain", "Seán O'Shea"),
    "US": ("Grace Hopper", "Wei Chen", "Mary-Lou Kekauoha"),
    "CA": ("Marie Tremblay", "Tom MacNeil"),
    "MX": ("Luis Hernández", "Guadalupe Peña"),
    "JP": ("佐藤 花子", "田中 太郎"),
    "AU": ("Matilda Banks", "Bruce Nguyen"),
    "SG": ("Tan Wei Ling", "Arjun s/o Raman"),
    "KW": ("محمد العبدالله", "Noura Al-Sabah"),
}
COMPANIES = ("Lighthouse Hotels", "Schäfer & Söhne GmbH", "Boulangerie d'Été", "Quay Street School", "Ångström Labs")
TAX_NUMBERS = {
    "GB": "GB980780684", "DE": "DE136695976", "FR": "FR40303265045", "IT": "IT00743110157", "ES": "ESB58378431",
    "NL": "NL004495445B01", "SE": "SE123456789701", "BE": "BE0403019261", "PL": "PL8567346215", "IE": "IE6433435F",
}  # fmt: skip
"""A valid number of each country, as public examples have it."""
PHONES = {"GB": "+44 1632 960", "DE": "+49 30 23125", "FR": "+33 1 99 00", "US": "+1 207-555-0", "CA": "+1 902-555-0"}
"""Unassigned numbers are kept free for fiction; three digits follow."""
WITH_A_PHONE = 0.3


def buyer_for(country: str, number: int) -> Buyer:
    """A buyer of that country; the same number, the same buyer."""
    names, places = NAMES.get(country, NAMES["GB"]), PLACES.get(country, PLACES["GB"])
    place = places[number % len(places)]
    return Buyer(
        names[number % len(names)],
        f"buyer{number:06d}@marketplace.amazon.example",
        country=country if country in PLACES else "GB",
        **msgspec.structs.asdict(place),
    )


def with_phone(buyer: Buyer, chance: random.Random) -> Buyer:
    """Most are known without a telephone number (behaviour O35)."""
    if chance.random() >= WITH_A_PHONE or buyer.country not in PHONES:
        return buyer
    return msgspec.structs.replace(buyer, phone=f"{PHONES[buyer.country]}{chance.randrange(1000):03d}")


def as_company(buyer: Buyer, number: int) -> Buyer:
    """The same place, but a company: with its order number and, where there are such, its VAT number."""
    return msgspec.structs.replace(
        buyer,
        company=f"{COMPANIES[number % len(COMPANIES)]} {buyer.country}",
        purchase_order=f"PO {number:05d}/A",
        tax_number=TAX_NUMBERS.get(buyer.country, "") if number % 3 else "",
        address_type="COMMERCIAL" if buyer.address_type == "RESIDENTIAL" else buyer.address_type,
        open_hours=(8, 16) if number % 4 == 0 else None,
    )


# --- addresses of the odd kinds


def _on_line(line: int) -> Callable[[Buyer], Buyer]:
    def moved(buyer: Buyer) -> Buyer:
        street = buyer.line_2 or buyer.line_1
        lines = {"line_1": "", "line_2": "", "line_3": ""}
        return msgspec.structs.replace(buyer, **{**lines, f"line_{line}": street})

    return moved


def _masked(buyer: Buyer) -> Buyer:
    """As Amazon shows a postcode to those who must not know it: `T2* 1**`."""
    kept = [part[:2] + "*" * (len(part) - 2) if number == 0 else part[:1] + "*" * (len(part) - 1)
            for number, part in enumerate(buyer.postcode.split(" "))]  # fmt: skip
    return msgspec.structs.replace(buyer, postcode=" ".join(kept))


def _packstation(buyer: Buyer) -> Buyer:
    return msgspec.structs.replace(
        buyer,
        line_1="Packstation 145",
        line_2="1234567890",
        line_3="",
        town="Köln",
        postcode="50667",
        state="",
        county="",
        country="DE",
        address_type=PICKUP,
    )


def _without(*parts: str) -> Callable[[Buyer], Buyer]:
    return lambda buyer: msgspec.structs.replace(buyer, **dict.fromkeys(parts, ""))


ADDRESS_KINDS: dict[str, Callable[[Buyer], Buyer]] = {
    "street_in_line_2": _on_line(2),
    "street_in_line_3": _on_line(3),
    "no_street": _without("line_1", "line_2", "line_3"),
    "no_town": _without("town"),
    "no_postcode": _without("postcode"),
    "no_state": _without("state"),
    "no_name": _without("name", "recipient"),
    "masked_postcode": _masked,
    "packstation": _packstation,
    "business": lambda buyer: as_company(buyer, 1),
}
"""Kind → how it changes an address."""
